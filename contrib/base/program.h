/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include <functional>

namespace base
{

/**
 * @brief What main of every program does.
 *
 * What goes wrong ends in one line on standard error and exit code 1. That includes output that
 * cannot be written: the reader of a pipe is gone, a disk is full, or a file would become larger
 * than allowed. With --version among the arguments, name and version are printed and nothing is
 * run.
 *
 * @param name of the program, a literal
 * @param argc number of arguments
 * @param argv arguments
 * @param run the program; what it throws is printed in one line
 * @return exit code
 */
int RunProgram(const char* name, int argc, char* argv[], const std::function<void()>& run);

} // namespace base

#endif // BASE_PROGRAM_H
