/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_VARIANT_H
#define ECLD_VARIANT_H

#include "compress/quantization.h"
#include "format/gguf.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ecld
{

/// A row of the table: a model, and how it is stored.
struct Variant
{
    std::string name;   ///< of its files
    std::string label;  ///< in the table
    std::string method; ///< in the profile
    std::string model;  ///< folder under models/, or "teacher"
    /// Type of its matrices, where blocks do not fit the rows the next larger (FallBack).
    GgufType type{GgufType::F16};
    QuantizationMethod quantization{QuantizationMethod::REFINED}; ///< how, where quantised
    /// Bits a weight of (12) with groups of 32, for which GGUF has no container: evaluated, not
    /// deployed. 0: as type says.
    int simulatedBits{0};
};

/// How a model folder under models/ comes about.
struct StudentPlan
{
    std::string name;             ///< of the folder
    bool startsFromTeacher{true}; ///< pruned from the teacher, else fresh weights of its shape
    bool prunesAtRandom{false};   ///< by random scores, the control
    bool isTrained{true};         ///< else as pruned
    double alpha{0};              ///< of (8): 0 trains on texts alone, 1 on the teacher alone
    double temperature{1};        ///< tau of (11)
    /// Multiply the divergence by tau^2, which (8) does not.
    bool scalesByTemperatureSquared{false};
    bool isRefitted{false}; ///< pruned, and down_proj fitted to what is left (PruneAndRefit)
    double stepShare{0.5};  ///< of the teacher's steps, where trained
};

/// @param hasAblation whether (8) is to be studied too: students of several alpha and tau
/// @return the rows of the table, Table I's first
std::vector<Variant> GetVariants(bool hasAblation);

/// @param hasAblation as in GetVariants
/// @return the models that GetVariants needs beside the teacher
std::vector<StudentPlan> GetStudents(bool hasAblation);

} // namespace ecld

#endif // ECLD_VARIANT_H
