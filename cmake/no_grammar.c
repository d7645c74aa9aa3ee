/* Keeps the library of grammars a library where none is built. */
extern const int sl_grammars_exist;
const int sl_grammars_exist = 1;
