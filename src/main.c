/* argv → command table; nothing else. */
#include "cli/command.h"

int main(int argc, char **argv)
{
    return sl_command_main(argc, argv);
}
