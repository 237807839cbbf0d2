/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_WORDNET_H
#define ECLD_WORDNET_H

#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ecld
{

/// One meaning of WordNet's data.noun, see wndb(5WN)
struct Synset
{
    std::string offset;             ///< eight digits, its place in the file
    std::string lexicographerFile;  ///< two digits: "15" locations, "18" persons
    std::vector<std::string> words; ///< synonyms, with spaces
    std::vector<std::pair<std::string, std::string>> pointers; ///< symbol and offset of a noun
    std::string gloss;                                         ///< definition

    /// @param symbol such as "@i" @param target an offset @return whether one points there
    bool HasPointer(const std::string& symbol, const std::string& target) const;
    /// @param symbol such as "#p" @return offset of the first, empty if there is none
    std::string GetPointer(const std::string& symbol) const;
};

/// @brief The nouns of WordNet.
class WordNet
{
  public:
    /**
     * @param folder with data.noun
     * @throws std::runtime_error naming the package to install, or the line that is odd
     */
    explicit WordNet(const std::string& folder);

    /// @return all meanings, in the order of the file
    const std::vector<Synset>& GetSynsets() const;
    /// @param offset eight digits @return the meaning, null if there is none
    const Synset* FindByOffset(const std::string& offset) const;
    /// @param word with spaces @return the first meaning that has it, null if there is none
    const Synset* FindByWord(const std::string& word) const;
    /// @param synset a meaning @return words of all that it is a kind or an instance of, at any
    /// distance: composer, musician and person for Mozart
    std::set<std::string> GetClassWords(const Synset& synset) const;

  private:
    std::vector<Synset> m_synsets;                           //!< in the order of the file
    std::unordered_map<std::string, std::size_t> m_byOffset; //!< offset to place
};

} // namespace ecld

#endif // ECLD_WORDNET_H
