#include <stdio.h>

int main(void)
{
    fputs("stamplint " SL_VERSION "\n", stdout);
    return 0;
}
