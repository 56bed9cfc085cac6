#pragma once
/*
 * Inside web: the files of client/web/dist as the build puts them into the program (CMakeLists.txt
 * writes the source).
 */
#include "web/web.h"

extern const struct web_file web_files[];
extern const size_t web_file_count;
