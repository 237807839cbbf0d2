/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_STUDY_ROW_H
#define ECLD_STUDY_ROW_H

#include "measure/evaluation.h"
#include "measure/pair-document.h"
#include "measure/profile-document.h"
#include "measure/runtime-speed.h"
#include "variant.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ecld
{

/// A row of the table with what was measured.
struct StudyRow
{
    Variant variant;         ///< what
    uint64_t weightBytes{0}; ///< bytes of the tensors
    QualityReport quality;   ///< what it says
    RuntimeSpeed speed;      ///< how fast; empty lists where there is no runtime
    /// What it says as a draft of the original, one a question; empty for that itself.
    std::vector<PairQuery> transcript;
    std::vector<int64_t> transcriptFacts; ///< which fact each question of transcript asks
};

/// @param row of a study @param size of the study @return the row's profile
ProfileDocument MakeStudyProfile(const StudyRow& row, const std::string& size);

/// @param row of a study @param size of the study @param vocabularySize tokens of its models
/// @return the row as a draft of the original
PairDocument MakeStudyPair(const StudyRow& row, const std::string& size, int64_t vocabularySize);

/// @param variant a row @return what its profile and its pair are called
std::string GetProfileName(const Variant& variant);

/// @param row of a study @return energy of a query of mean length, J; 0 where there is no runtime
double GetEnergyPerQueryJ(const StudyRow& row);

} // namespace ecld

#endif // ECLD_STUDY_ROW_H
