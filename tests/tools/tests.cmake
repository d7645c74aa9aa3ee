# Programs for developers, no tests (tests/oracle uses the first).
# Measuring sql/ by itself.
add_executable(understand_jsonl ${CMAKE_CURRENT_LIST_DIR}/understand_jsonl.c)
target_link_libraries(understand_jsonl PRIVATE sl_core)
