add_test(NAME docs/generated COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/docs/generate.py --check)
set_tests_properties(docs/generated PROPERTIES LABELS docs)
