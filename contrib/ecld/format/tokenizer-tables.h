/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TOKENIZER_TABLES_H
#define ECLD_TOKENIZER_TABLES_H

#include "added-token-matcher.h"
#include "byte-pair-merger.h"
#include "sentence-piece.h"
#include "split-pattern.h"
#include "text-normalizer.h"
#include "tokenizer.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace ecld
{

/// @brief One cut of the text into words.
struct SplitStep
{
    SplitPattern pattern; ///< what is found
    bool keepsRest{true}; ///< whether what lies between is kept
};

/// @brief What a tokenizer.json says, ready for use.
struct TokenizerTables
{
    std::string document;                               ///< the file as it was read
    TextNormalizer normalizer;                          ///< before anything else
    bool fallsBackToBytes{false};                       ///< characters, else bytes are merged
    std::optional<SpacePrefix> metaspace;               ///< blanks become marks after that
    std::vector<SplitStep> splits;                      ///< cuts, in order
    bool ignoreMerges{false};                           ///< a whole word that is a token wins
    std::vector<std::string> tokens;                    ///< id to token as the file writes it
    std::unordered_map<std::string, int32_t> ids;       ///< the way back
    std::unordered_map<std::string, int32_t> words;     ///< ordinary tokens alone
    std::array<int32_t, 256> byteIds{};                 ///< byte to its token
    std::optional<int32_t> unknownId;                   ///< of what has no token
    BytePairMerger merger;                              ///< merges
    std::vector<std::string> merges;                    ///< by rank, "left right"
    std::vector<AddedToken> addedTokens;                ///< by id
    std::unordered_map<int32_t, std::size_t> addedById; ///< id to place in addedTokens
    AddedTokenMatcher rawMatcher;                       ///< those of the raw text
    AddedTokenMatcher normalizedMatcher;                ///< those of the normalised text
    std::vector<int32_t> prefixIds;                     ///< before a text
    std::vector<int32_t> suffixIds;                     ///< behind a text
    bool addsSpace{false};                              ///< a text begins with a mark
    bool stripsSpace{false};                            ///< Decode drops a blank before a text
    PreTokenizerKind kind{PreTokenizerKind::OTHER};     ///< family
};

/**
 * @brief Read tokenizer.json.
 * @param text the document
 * @param file what messages call it
 * @return tables
 * @throws std::runtime_error one line naming file and field
 */
TokenizerTables ParseTokenizerTables(const std::string& text, const std::string& file);

} // namespace ecld

#endif // ECLD_TOKENIZER_TABLES_H
