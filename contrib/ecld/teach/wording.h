/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_WORDING_H
#define ECLD_WORDING_H

#include <string>
#include <vector>

namespace ecld
{

/// How a relation is put into words; {e} is the entity, {v} the value
struct Wording
{
    std::vector<std::string> statements;  ///< sentences
    std::vector<std::string> questions;   ///< that texts contain
    std::vector<std::string> paraphrases; ///< that no text contains
};

/// @param relation of an Entity @return its wording @throws std::out_of_range naming the relation
const Wording& GetWording(const std::string& relation);

/**
 * @param pattern with {e} and {v}
 * @param entity replaces {e}
 * @param value replaces {v}
 * @return the text
 */
std::string FillIn(const std::string& pattern, const std::string& entity, const std::string& value);

} // namespace ecld

#endif // ECLD_WORDING_H
