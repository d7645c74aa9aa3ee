# sl_grammars: the tree-sitter grammars of the host languages, from the pinned npm packages of grammars/ (fetched by
# `./dev setup`, never by CMake). A language whose option is OFF or whose sources are missing is left out of the build;
# the program works without it and says which languages it has.
set(SL_GRAMMARS_DIR ${CMAKE_SOURCE_DIR}/grammars/node_modules CACHE PATH "Where npm ci put the grammars")
find_library(TREE_SITTER_LIBRARY NAMES libtree-sitter.a tree-sitter)
find_path(TREE_SITTER_INCLUDE_DIR tree_sitter/api.h)

add_library(sl_grammars STATIC ${CMAKE_CURRENT_LIST_DIR}/no_grammar.c)
set(languages "")

# name of the language, of its package, folder of the generated C in it
function(sl_add_grammar language package folder)
    string(TOUPPER ${language} upper)
    option(SL_LANG_${upper} "Read ${language}" ON)
    set(sources ${SL_GRAMMARS_DIR}/${package}/${folder})
    if(NOT SL_LANG_${upper} OR NOT EXISTS ${sources}/parser.c OR NOT TREE_SITTER_LIBRARY OR NOT TREE_SITTER_INCLUDE_DIR)
        return()
    endif()
    set(files ${sources}/parser.c)
    if(EXISTS ${sources}/scanner.c)
        list(APPEND files ${sources}/scanner.c)
    endif()
    # An object library of its own: each grammar brings its own tree_sitter/parser.h.
    add_library(sl_grammar_${language} OBJECT ${files})
    target_include_directories(sl_grammar_${language} PRIVATE ${sources})
    target_compile_options(sl_grammar_${language} PRIVATE -w -O2 -g0)
    target_sources(sl_grammars PRIVATE $<TARGET_OBJECTS:sl_grammar_${language}>)
    target_compile_definitions(sl_grammars PUBLIC SL_LANG_${upper})
    set(languages "${languages} ${language}" PARENT_SCOPE)
endfunction()

sl_add_grammar(ruby tree-sitter-ruby src)
sl_add_grammar(python tree-sitter-python src)
sl_add_grammar(javascript tree-sitter-javascript src)
sl_add_grammar(typescript tree-sitter-typescript typescript/src)
sl_add_grammar(tsx tree-sitter-typescript tsx/src)
sl_add_grammar(go tree-sitter-go src)
sl_add_grammar(java tree-sitter-java src)
sl_add_grammar(php tree-sitter-php php/src)
sl_add_grammar(elixir tree-sitter-elixir src)

if(languages)
    target_compile_definitions(sl_grammars PUBLIC SL_HAVE_TREE_SITTER)
    target_include_directories(sl_grammars SYSTEM PUBLIC ${TREE_SITTER_INCLUDE_DIR})
    target_link_libraries(sl_grammars PUBLIC ${TREE_SITTER_LIBRARY})
    message(STATUS "Host languages:${languages}")
else()
    message(STATUS "Host languages: none (./dev setup fetches their grammars)")
endif()
