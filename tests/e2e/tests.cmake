# Against real servers: started by the tests on unix sockets, stopped afterwards. tests/e2e/install_servers.sh installs
# them. Exit status 77: a server is not to be had on this machine, and the test said so.
add_test(NAME e2e/replay_writes
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/replay_writes.py $<TARGET_FILE:stamplint>)
set_tests_properties(e2e/replay_writes PROPERTIES LABELS "e2e;slow" SKIP_RETURN_CODE 77 TIMEOUT 300)
# The waits of writers are measured: nothing else runs beside it.
add_test(NAME e2e/plan COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/plan_e2e.py $<TARGET_FILE:stamplint>)
set_tests_properties(e2e/plan PROPERTIES LABELS "e2e;slow" SKIP_RETURN_CODE 77 TIMEOUT 600 RUN_SERIAL ON)
add_test(NAME e2e/plan_fixtures
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/plan_fixtures.py $<TARGET_FILE:stamplint> ${CMAKE_SOURCE_DIR})
set_tests_properties(e2e/plan_fixtures PROPERTIES LABELS "e2e;slow" SKIP_RETURN_CODE 77 TIMEOUT 300)
add_test(NAME e2e/plan_schemas
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/plan_schemas.py $<TARGET_FILE:stamplint> ${CMAKE_SOURCE_DIR})
set_tests_properties(e2e/plan_schemas PROPERTIES LABELS "e2e;slow" SKIP_RETURN_CODE 77 TIMEOUT 300)
add_test(NAME e2e/plan_rails
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/plan_rails.py $<TARGET_FILE:stamplint> ${CMAKE_SOURCE_DIR})
set_tests_properties(e2e/plan_rails PROPERTIES LABELS e2e SKIP_RETURN_CODE 77 TIMEOUT 120)
add_test(NAME e2e/prepare_oracle
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/prepare_oracle.py ${CMAKE_SOURCE_DIR}/tests/oracle)
set_tests_properties(e2e/prepare_oracle PROPERTIES LABELS e2e SKIP_RETURN_CODE 77 TIMEOUT 120)
# Logs that real servers write while a client counts what it sends. `log_truth.py … --all` takes every setting.
add_test(NAME e2e/log_truth COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/log_truth.py $<TARGET_FILE:stamplint>)
set_tests_properties(e2e/log_truth PROPERTIES LABELS e2e SKIP_RETURN_CODE 77 TIMEOUT 180)
