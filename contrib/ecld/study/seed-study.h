/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_SEED_STUDY_H
#define ECLD_SEED_STUDY_H

#include "pipeline.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ecld
{

/**
 * @brief The study with the seeds 1 to count, each in a folder seed-N of the output folder; and
 * over them the mean of each row with the least and the largest, in seeds.txt and seeds.csv.
 * Folders that are done, such as by runs of their own with that seed, are not done again.
 * @param settings of each; their seed is not used
 * @param count how many seeds, >= 1
 * @return the table
 * @throws as RunStudy
 */
std::string RunSeedStudy(const StudySettings& settings, int64_t count);

/// @param studies rows of a study, the same ones for each seed, at least one seed
/// @return mean over seeds with the least and the largest
std::string FormatSeedTable(const std::vector<std::vector<StudyRow>>& studies);

/// @param studies as in FormatSeedTable @return one line for each seed and row
std::string FormatSeedCsv(const std::vector<std::vector<StudyRow>>& studies);

} // namespace ecld

#endif // ECLD_SEED_STUDY_H
