# Programs for people who work on stamplint: built with the tests, not tests themselves.
file(GLOB SL_TOOL_FILES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/tools/*.c)
foreach(file ${SL_TOOL_FILES})
    get_filename_component(name ${file} NAME_WE)
    add_executable(${name} ${file})
    target_link_libraries(${name} PRIVATE sl_core)
endforeach()
