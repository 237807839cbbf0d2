/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "wordnet.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace ecld
{

namespace
{

Synset
ParseSynset(const std::string& line)
{
    Synset synset;
    std::istringstream fields(line);
    std::string kind;
    int wordCount = 0;
    fields >> synset.offset >> synset.lexicographerFile >> kind >> std::hex >> wordCount;
    for (int i = 0; fields && i < wordCount; ++i)
    {
        std::string word;
        std::string lexicalId;
        fields >> word >> lexicalId;
        std::replace(word.begin(), word.end(), '_', ' ');
        synset.words.push_back(word);
    }
    int pointerCount = 0;
    fields >> std::dec >> pointerCount;
    for (int i = 0; fields && i < pointerCount; ++i)
    {
        std::string symbol;
        std::string target;
        std::string partOfSpeech;
        std::string words;
        fields >> symbol >> target >> partOfSpeech >> words;
        if (partOfSpeech == "n")
        {
            synset.pointers.emplace_back(symbol, target);
        }
    }
    const std::size_t bar = line.find("| ");
    if (!fields || wordCount < 1 || bar == std::string::npos)
    {
        throw std::runtime_error("no synset: " + line.substr(0, 60));
    }
    synset.gloss = line.substr(bar + 2);
    return synset;
}

} // namespace

bool
Synset::HasPointer(const std::string& symbol, const std::string& target) const
{
    return std::find(pointers.begin(), pointers.end(), std::make_pair(symbol, target)) !=
           pointers.end();
}

std::string
Synset::GetPointer(const std::string& symbol) const
{
    const auto found = std::find_if(pointers.begin(), pointers.end(), [&](const auto& pointer) {
        return pointer.first == symbol;
    });
    return found != pointers.end() ? found->second : std::string();
}

WordNet::WordNet(const std::string& folder)
{
    const std::string path = folder + "/data.noun";
    std::ifstream file(path);
    if (!file)
    {
        throw std::runtime_error(path + ": not there; apt install wordnet-base");
    }
    std::string line;
    while (std::getline(file, line))
    {
        if (line.empty() || line.front() == ' ') // the licence is indented
        {
            continue;
        }
        try
        {
            m_synsets.push_back(ParseSynset(line));
        }
        catch (const std::runtime_error& error)
        {
            throw std::runtime_error(path + ": " + error.what());
        }
        m_byOffset[m_synsets.back().offset] = m_synsets.size() - 1;
    }
}

const std::vector<Synset>&
WordNet::GetSynsets() const
{
    return m_synsets;
}

const Synset*
WordNet::FindByOffset(const std::string& offset) const
{
    const auto found = m_byOffset.find(offset);
    return found != m_byOffset.end() ? &m_synsets[found->second] : nullptr;
}

const Synset*
WordNet::FindByWord(const std::string& word) const
{
    const auto found = std::find_if(m_synsets.begin(), m_synsets.end(), [&](const Synset& synset) {
        return std::find(synset.words.begin(), synset.words.end(), word) != synset.words.end();
    });
    return found != m_synsets.end() ? &*found : nullptr;
}

std::set<std::string>
WordNet::GetClassWords(const Synset& synset) const
{
    std::set<std::string> words;
    std::set<std::string> seen;
    std::vector<const Synset*> open{&synset};
    while (!open.empty())
    {
        const Synset* const current = open.back();
        open.pop_back();
        for (const auto& [symbol, target] : current->pointers)
        {
            const bool isClass = symbol == "@" || symbol == "@i";
            const Synset* const above = isClass ? FindByOffset(target) : nullptr;
            if (above && seen.insert(target).second)
            {
                words.insert(above->words.begin(), above->words.end());
                open.push_back(above);
            }
        }
    }
    return words;
}

} // namespace ecld
