# sl_embed_texts(OUT.c NAME FILE…): a C file with `const struct sl_embedded_text NAME[]`, ended by a NULL name. Made anew
# when a file changes.
function(sl_embed_texts out name)
    add_custom_command(OUTPUT ${out}
        COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DNAME=${name} "-DFILES=${ARGN}" -P ${CMAKE_SOURCE_DIR}/cmake/embed_texts.cmake
        DEPENDS ${ARGN} ${CMAKE_SOURCE_DIR}/cmake/embed_texts.cmake
        COMMENT "Embedding ${name}" VERBATIM)
endfunction()
