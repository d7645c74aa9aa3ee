sl_add_cmocka_tests(golden)
