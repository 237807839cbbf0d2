/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_FACTS_H
#define ECLD_FACTS_H

#include <map>
#include <string>
#include <vector>

namespace ecld
{

/// Something that the corpus knows facts about
struct Entity
{
    std::string kind;                          ///< country, currency, language or person
    std::string name;                          ///< how sentences call it
    std::map<std::string, std::string> values; ///< relation to value, such as capital to Paris
};

/// Where Debian's packages put their data
struct FactSources
{
    std::string wordnet{"/usr/share/wordnet"};         ///< package wordnet-base: data.noun
    std::string isoCodes{"/usr/share/iso-codes/json"}; ///< package iso-codes
    std::string zoneinfo{"/usr/share/zoneinfo"};       ///< package tzdata: zone.tab
};

/**
 * Countries of ISO 3166-1 with two-letter and three-letter `code`, `number` (ISO), `zone` (the
 * first of tzdata) and, where WordNet knows them, `capital` and `region`.
 * @param sources where the packages are
 * @return countries in the order of their ISO codes; every one has at least its codes
 * @throws std::runtime_error naming the file and the package to install, or the line that is odd
 */
std::vector<Entity> ReadCountries(const FactSources& sources);

/// @param sources where the packages are @return currencies of ISO 4217 with their `currency code`
/// @throws std::runtime_error as ReadCountries
std::vector<Entity> ReadCurrencies(const FactSources& sources);

/// @param sources where the packages are @return languages of ISO 639-2 with their `language code`
/// @throws std::runtime_error as ReadCountries
std::vector<Entity> ReadLanguages(const FactSources& sources);

/**
 * People of WordNet whose gloss has years of life: `birth` (year), `death` (year) and, where the
 * gloss begins with words that end in one of the person's classes, `description` ("United States
 * composer").
 * @param sources where the packages are
 * @return people in the order of WordNet's file
 * @throws std::runtime_error as ReadCountries
 */
std::vector<Entity> ReadPersons(const FactSources& sources);

} // namespace ecld

#endif // ECLD_FACTS_H
