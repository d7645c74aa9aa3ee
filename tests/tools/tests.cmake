# Programs for developers, no tests (tests/oracle uses the first).
# Measuring sql/ by itself.
add_executable(understand_jsonl ${CMAKE_CURRENT_LIST_DIR}/understand_jsonl.c)
target_link_libraries(understand_jsonl PRIVATE sl_core)
# cmake --build --preset release --target bench_lower
add_executable(bench_lower EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_lower.c)
target_link_libraries(bench_lower PRIVATE sl_core)
