# fixtures/cli/<case>/: a command line and what must come out.
file(GLOB cases CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/fixtures/cli/*/cmd)
foreach(case ${cases})
    get_filename_component(folder ${case} DIRECTORY)
    get_filename_component(name ${folder} NAME)
    add_test(NAME cli/${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/cli/run_case.py
        $<TARGET_FILE:stamplint> ${CMAKE_SOURCE_DIR} ${folder})
    set_tests_properties(cli/${name} PROPERTIES LABELS cli SKIP_RETURN_CODE 77)
endforeach()
if(TARGET sl_grammar_ruby_src) # without a grammar there are no trees
    add_test(NAME cli/cache COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/cli/cache_test.py
        $<TARGET_FILE:stamplint> ${CMAKE_SOURCE_DIR})
    set_tests_properties(cli/cache PROPERTIES LABELS cli TIMEOUT 300 SKIP_RETURN_CODE 77)
endif()
