/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_RESULT_TABLE_H
#define ECLD_RESULT_TABLE_H

#include "study-row.h"

#include <string>
#include <vector>

namespace ecld
{

/**
 * @param rows of a study
 * @return Table I's columns with 95 % intervals, and what else was measured
 */
std::string FormatTable(const std::vector<StudyRow>& rows);

/**
 * @param rows of a study
 * @return for each but the original how many of the original's tokens it says too where it is the
 * draft, and how many whole answers, with 95 % intervals
 */
std::string FormatPairTable(const std::vector<StudyRow>& rows);

/// @param rows of a study @return one line for each row with every number
std::string FormatCsv(const std::vector<StudyRow>& rows);

} // namespace ecld

#endif // ECLD_RESULT_TABLE_H
