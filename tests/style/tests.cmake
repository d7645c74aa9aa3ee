# The laws of the source tree.
foreach(law layers text)
    add_test(NAME style/${law} COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/style/${law}.py ${CMAKE_SOURCE_DIR})
    set_tests_properties(style/${law} PROPERTIES LABELS style)
endforeach()
add_test(NAME style/symbols COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/style/symbols.py $<TARGET_FILE:sl_core>)
set_tests_properties(style/symbols PROPERTIES LABELS style)
add_test(NAME style/format COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/style/format.py ${CMAKE_SOURCE_DIR})
set_tests_properties(style/format PROPERTIES LABELS style SKIP_RETURN_CODE 77)
