/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "facts.h"

#include "wordnet.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <stdexcept>

namespace ecld
{

namespace
{

const char* isoCodesPackage = "iso-codes";

nlohmann::json
ReadIsoCodes(const FactSources& sources, const std::string& standard)
{
    const std::string path = sources.isoCodes + "/iso_" + standard + ".json";
    std::ifstream file(path);
    if (!file)
    {
        throw std::runtime_error(path + ": not there; apt install " + isoCodesPackage);
    }
    try
    {
        return nlohmann::json::parse(file).at(standard);
    }
    catch (const nlohmann::json::exception& error)
    {
        throw std::runtime_error(path + ": " + error.what());
    }
}

/// Text of a field, empty where there is none
std::string
GetText(const nlohmann::json& record, const char* field)
{
    const auto found = record.find(field);
    return found != record.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Names in catalogue order ("Korea, Republic of") and with remarks read badly in a sentence.
bool
IsPlainName(const std::string& name)
{
    return !name.empty() && name.find_first_of(",;()[]") == std::string::npos;
}

/// Country code to its first time zone
std::map<std::string, std::string>
ReadZones(const FactSources& sources)
{
    const std::string path = sources.zoneinfo + "/zone.tab";
    std::ifstream file(path);
    if (!file)
    {
        throw std::runtime_error(path + ": not there; apt install tzdata");
    }
    std::map<std::string, std::string> zones;
    std::string line;
    while (std::getline(file, line))
    {
        if (line.empty() || line.front() == '#')
        {
            continue;
        }
        std::istringstream fields(line);
        std::string code;
        std::string coordinates;
        std::string zone;
        if (!(fields >> code >> coordinates >> zone))
        {
            throw std::runtime_error(path + ": no country, coordinates and zone in: " + line);
        }
        zones.emplace(code, zone);
    }
    return zones;
}

/// Country name to its capital and its region
struct Geography
{
    std::map<std::string, std::string> capitals; ///< country to city
    std::map<std::string, std::string> regions;  ///< country to what it is part of
};

Geography
ReadGeography(const WordNet& wordNet)
{
    Geography geography;
    const std::string partOf = "#p";
    const Synset* capitalKind = wordNet.FindByWord("national capital");
    for (const Synset& city : wordNet.GetSynsets())
    {
        const bool isCapital = capitalKind && city.HasPointer("@i", capitalKind->offset);
        const Synset* country = isCapital ? wordNet.FindByOffset(city.GetPointer(partOf)) : nullptr;
        if (!country)
        {
            continue;
        }
        const Synset* region = wordNet.FindByOffset(country->GetPointer(partOf));
        for (const std::string& name : country->words)
        {
            geography.capitals.emplace(name, city.words.front());
            if (region)
            {
                geography.regions.emplace(name, region->words.front());
            }
        }
    }
    return geography;
}

/// Entities of one kind that have a plain name and a code, each name once
std::vector<Entity>
ReadCodes(const FactSources& sources,
          const std::string& standard,
          const std::string& kind,
          const std::string& relation)
{
    std::vector<Entity> entities;
    std::set<std::string> seen;
    for (const nlohmann::json& record : ReadIsoCodes(sources, standard))
    {
        const std::string name = GetText(record, "name");
        const std::string code = GetText(record, "alpha_3");
        if (IsPlainName(name) && !code.empty() && seen.insert(name).second)
        {
            entities.push_back({kind, name, {{relation, code}}});
        }
    }
    return entities;
}

/**
 * "United States composer" from "United States composer who wrote ... (1900-1990)".
 * @param gloss of a person
 * @param classes what the person is by WordNet
 * @return empty where the words are too many or no class ends them: "born", "political", "Austrian"
 */
std::string
GetDescription(const std::string& gloss, const std::set<std::string>& classes)
{
    const std::size_t mostCharacters = 40;
    std::size_t end = gloss.find_first_of("(;,:\"");
    for (const char* word :
         {" who ", " whose ", " noted ", " remembered ", " and ", " best ", " in "})
    {
        end = std::min(end, gloss.find(word));
    }
    std::string description = gloss.substr(0, end);
    description.erase(description.find_last_not_of(' ') + 1);
    const std::string words = " " + description;
    const bool isNounPhrase =
        std::any_of(classes.begin(), classes.end(), [&](const std::string& name) {
            const std::string ending = " " + name;
            return words.size() >= ending.size() &&
                   words.compare(words.size() - ending.size(), ending.size(), ending) == 0;
        });
    return isNounPhrase && description.size() <= mostCharacters ? description : std::string();
}

/// First and last year of "(1879-1955)" @return whether there are such years
bool
FindYears(const std::string& gloss, std::string& birth, std::string& death)
{
    const char* digits = "0123456789";
    for (std::size_t open = gloss.find('('); open != std::string::npos;
         open = gloss.find('(', open + 1))
    {
        const std::string inner = gloss.substr(open + 1, 10);
        if (inner.size() == 10 && inner[4] == '-' && inner[9] == ')')
        {
            birth = inner.substr(0, 4);
            death = inner.substr(5, 4);
            if ((birth + death).find_first_not_of(digits) == std::string::npos)
            {
                return true;
            }
        }
    }
    return false;
}

} // namespace

std::vector<Entity>
ReadCountries(const FactSources& sources)
{
    const Geography geography = ReadGeography(WordNet(sources.wordnet));
    const std::map<std::string, std::string> zones = ReadZones(sources);
    std::vector<Entity> countries;
    for (const nlohmann::json& record : ReadIsoCodes(sources, "3166-1"))
    {
        const std::string common = GetText(record, "common_name");
        const std::string name = common.empty() ? GetText(record, "name") : common;
        const std::string code = GetText(record, "alpha_2");
        if (!IsPlainName(name))
        {
            continue;
        }
        Entity country{"country",
                       name,
                       {{"two-letter code", code},
                        {"three-letter code", GetText(record, "alpha_3")},
                        {"number", GetText(record, "numeric")}}};
        const auto add = [&](const char* relation,
                             const std::map<std::string, std::string>& values,
                             const std::string& key) {
            const auto found = values.find(key);
            // WordNet has countries that share their name with an island that they are part of.
            if (found != values.end() && found->second != name)
            {
                country.values[relation] = found->second;
            }
        };
        add("zone", zones, code);
        add("capital", geography.capitals, name);
        add("region", geography.regions, name);
        countries.push_back(std::move(country));
    }
    return countries;
}

std::vector<Entity>
ReadCurrencies(const FactSources& sources)
{
    return ReadCodes(sources, "4217", "currency", "currency code");
}

std::vector<Entity>
ReadLanguages(const FactSources& sources)
{
    return ReadCodes(sources, "639-2", "language", "language code");
}

std::vector<Entity>
ReadPersons(const FactSources& sources)
{
    const std::string personFile = "18";
    std::vector<Entity> persons;
    std::set<std::string> seen;
    const WordNet wordNet(sources.wordnet);
    for (const Synset& synset : wordNet.GetSynsets())
    {
        std::string birth;
        std::string death;
        if (synset.lexicographerFile != personFile || !FindYears(synset.gloss, birth, death))
        {
            continue;
        }
        const auto full =
            std::find_if(synset.words.begin(), synset.words.end(), [](const std::string& word) {
                return word.find(' ') != std::string::npos;
            });
        const std::string name = full != synset.words.end() ? *full : synset.words.front();
        if (!seen.insert(name).second)
        {
            continue;
        }
        Entity person{"person", name, {{"birth", birth}, {"death", death}}};
        const std::string description = GetDescription(synset.gloss, wordNet.GetClassWords(synset));
        if (!description.empty())
        {
            person.values["description"] = description;
        }
        persons.push_back(std::move(person));
    }
    return persons;
}

} // namespace ecld
