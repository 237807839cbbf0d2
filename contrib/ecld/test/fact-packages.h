/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_FACT_PACKAGES_H
#define ECLD_FACT_PACKAGES_H

#include "teach/facts.h"

#include <filesystem>

namespace ecld
{

/// @return whether the packages that a corpus is made of are installed
inline bool
HaveFactPackages()
{
    const FactSources sources;
    return std::filesystem::exists(sources.wordnet + "/data.noun") &&
           std::filesystem::exists(sources.isoCodes + "/iso_3166-1.json") &&
           std::filesystem::exists(sources.zoneinfo + "/zone.tab");
}

} // namespace ecld

#endif // ECLD_FACT_PACKAGES_H
