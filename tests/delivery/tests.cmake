# How stamplint reaches people: the shells, pre-commit, GitHub, packages, documents. Exit status 77: what the test needs
# is not to be had on this machine, and it said so.
function(sl_add_delivery_test name labels)
    add_test(NAME delivery/${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${name}_test.py ${ARGN})
    set_tests_properties(delivery/${name} PROPERTIES LABELS "delivery;${labels}" SKIP_RETURN_CODE 77 TIMEOUT 900)
endfunction()

sl_add_delivery_test(completion cli $<TARGET_FILE:stamplint>)
add_test(NAME delivery/recorded COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/docs/record.py --check $<TARGET_FILE:stamplint>)
set_tests_properties(delivery/recorded PROPERTIES LABELS "delivery;docs")
sl_add_delivery_test(config_schema docs $<TARGET_FILE:stamplint> ${CMAKE_SOURCE_DIR})
sl_add_delivery_test(commands_shown docs $<TARGET_FILE:stamplint> ${CMAKE_SOURCE_DIR})
sl_add_delivery_test(change cli $<TARGET_FILE:stamplint> ${CMAKE_SOURCE_DIR})
sl_add_delivery_test(terminal cli $<TARGET_FILE:stamplint> ${CMAKE_SOURCE_DIR})
sl_add_delivery_test(action cli $<TARGET_FILE:stamplint> ${CMAKE_SOURCE_DIR})
sl_add_delivery_test(pre_commit "slow" $<TARGET_FILE:stamplint> ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/build/pre-commit)
# What other programs think of the output does not hang on the compiler; and what is packaged is the release build,
# whatever this build is. One compiler's run of these is enough.
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    sl_add_delivery_test(formats "slow" $<TARGET_FILE:stamplint> ${CMAKE_SOURCE_DIR})
    sl_add_delivery_test(html "slow" $<TARGET_FILE:stamplint> ${CMAKE_SOURCE_DIR})
    sl_add_delivery_test(package "package;slow" ${CMAKE_SOURCE_DIR})
    # That the benchmark runs and prints its row; how fast it is, no test says.
    add_test(NAME delivery/bench_logs COMMAND ${CMAKE_SOURCE_DIR}/bench/logs.sh 1 pg-jsonlog)
    set_tests_properties(delivery/bench_logs PROPERTIES LABELS "delivery;slow" TIMEOUT 900
        PASS_REGULAR_EXPRESSION "pg-jsonlog +[0-9]+ MB/s +[0-9]+ MB/s +[0-9]+ MB/s +[0-9.]+x +[0-9.]+")
endif()
