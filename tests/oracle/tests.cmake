# Other parsers judge the front end. Statements whose differences were read and found to be the oracle's are left out of
# the files. Skipped (77) where the oracle is not installed.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
foreach(dialect mysql sqlite)
    add_test(NAME oracle/sqlglot-${dialect} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/names_sqlglot.py
        $<TARGET_FILE:understand_jsonl> ${dialect} ${CMAKE_CURRENT_LIST_DIR}/${dialect}.jsonl)
    set_tests_properties(oracle/sqlglot-${dialect} PROPERTIES LABELS oracle SKIP_RETURN_CODE 77)
endforeach()
