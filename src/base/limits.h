/*
 * limits: every cap on input, named. Each is tested at n and n + 1.
 */
#ifndef SL_BASE_LIMITS_H
#define SL_BASE_LIMITS_H

#define SL_ARENA_BLOCK_BYTES (64u * 1024)
#define SL_ARENA_KEEP_BYTES (1024u * 1024)

/* A file of SQL or code that is read whole. Larger ones are logs or dumps: audit streams them. */
#define SL_MAX_FILE_BYTES (256u * 1024 * 1024)
/* One statement that goes to the parser; a longer one is not understood, with this limit as the reason. */
#define SL_MAX_STATEMENT_BYTES (1024u * 1024)
/* What the graph keeps of a statement's text. */
#define SL_MAX_STATEMENT_TEXT_BYTES (16u * 1024)
/* Parentheses, CASE and other nesting. libpg_query answers "memory exhausted" somewhere above 1,000 levels. */
#define SL_MAX_NESTING 1000
/* Operators in a row without parentheses. libpg_query overflows its stack near 100,000; unpacking its tree does so
 * between 4,000 and 4,900 (8 MB of stack). */
#define SL_MAX_OPERATOR_RUN 2000
/* Arms of one UNION, INTERSECT or EXCEPT chain. */
#define SL_MAX_UNION_ARMS 1000
/* Elements of a literal IN list, or rows of VALUES, that reach the parser; the rest are elided. */
#define SL_MAX_LIST_LITERALS 64
/* Depth of our own recursion over an AST (expressions, nested queries). */
#define SL_MAX_AST_DEPTH 2000
/* Queries inside queries, views through views. */
#define SL_MAX_SCOPE_DEPTH 128
/* Folders inside folders that discovery goes down into. */
#define SL_MAX_FOLDER_DEPTH 64
/* What discovery reads of a file to tell its layout and dialect. */
#define SL_HEAD_BYTES (64u * 1024)
/* Steps of SQLite's virtual machine that one rule's query may take: less than a minute. */
#define SL_MAX_RULE_STEPS 2000000000ull
/* A code frame. */
#define SL_MAX_FRAME_LINES 12
#define SL_MAX_FRAME_LINE_BYTES 4096
/* Writes or reports that are drawn around one column. */
#define SL_MAX_DRAWN_STATEMENTS 40
/* The cache of syntax trees; 16 bytes a node. A tree that no run used while the file was written so often is left out.
 */
#define SL_MAX_TREE_CACHE_BYTES (64u * 1024 * 1024)
#define SL_MAX_TREE_CACHE_AGE 20
/* A rule page. */
#define SL_MAX_RULE_PAGE_BYTES (1024u * 1024)

/* Base columns that one statement's derived columns are traced to, counted at each reference. */
#define SL_MAX_LINEAGE_ORIGINS 20000

/* ActiveRecord scopes, variables and sub-selects followed inside each other. */
#define SL_MAX_CHAIN_DEPTH 4
#define SL_MAX_CHAIN_VALUES 4
#define SL_MAX_CHAIN_OPERANDS 8

#endif
