/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_SENTENCE_PIECE_DOCUMENT_H
#define ECLD_SENTENCE_PIECE_DOCUMENT_H

#include "format/sentence-piece.h"
#include "format/text-normalizer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ecld
{

/// Longest piece, characters.
constexpr std::size_t MAX_PIECE = 8;

/// @param texts UTF-8 @return parts of their words, with the mark of a blank, by how often they
/// occur
inline std::map<std::string, int64_t>
CountPieces(const std::vector<std::string>& texts)
{
    std::map<std::string, int64_t> counts;
    for (const auto& text : texts)
    {
        const std::string marked = SPACE_MARK + ReplaceAll(text, " ", SPACE_MARK);
        const auto characters = SplitCharacters(marked);
        for (std::size_t begin = 0; begin < characters.size(); ++begin)
        {
            std::string piece;
            for (std::size_t i = begin; i < characters.size() && i < begin + MAX_PIECE; ++i)
            {
                if (i > begin && characters[i] == SPACE_MARK && characters[i - 1] != SPACE_MARK)
                {
                    break;
                }
                piece += characters[i];
                ++counts[piece];
            }
        }
    }
    return counts;
}

/// @param pieces most frequent first @param isToken whether a text is a token @return their merges
/// as conversions of SentencePiece have them: all splits of each piece into two tokens
template <typename IsToken>
nlohmann::json
MakePieceMerges(const std::vector<std::string>& pieces, const IsToken& isToken)
{
    auto merges = nlohmann::json::array();
    for (const auto& piece : pieces)
    {
        const auto characters = SplitCharacters(piece);
        for (std::size_t i = 1; i < characters.size(); ++i)
        {
            const auto length = static_cast<std::size_t>(characters[i].data() - piece.data());
            const std::string left = piece.substr(0, length);
            const std::string right = piece.substr(length);
            if (isToken(left) && isToken(right))
            {
                merges.push_back(left + " " + right);
            }
        }
    }
    return merges;
}

/**
 * A tokenizer.json of the form that Llama 2's has: <unk>, <s>, </s>, 256 bytes, pieces, characters.
 * @param texts whose most frequent parts become pieces, and whose characters become tokens
 * @param count of pieces
 * @return the document
 */
inline nlohmann::json
MakeSentencePieceDocument(const std::vector<std::string>& texts, std::size_t count)
{
    using nlohmann::json;
    std::vector<std::pair<int64_t, std::string>> ranked;
    std::vector<std::string> characters;
    for (const auto& [piece, occurrences] : CountPieces(texts))
    {
        const std::size_t length = SplitCharacters(piece).size();
        if (length == 1)
        {
            characters.push_back(piece);
        }
        else if (occurrences > 1)
        {
            ranked.emplace_back(-occurrences * 16 + static_cast<int64_t>(length), piece);
        }
    }
    std::sort(ranked.begin(), ranked.end());
    ranked.resize(std::min(ranked.size(), count));
    std::vector<std::string> pieces;
    std::vector<std::string> tokens{"<unk>", "<s>", "</s>"};
    for (int byte = 0; byte < 256; ++byte)
    {
        tokens.push_back(GetByteFallbackToken(static_cast<unsigned char>(byte)));
    }
    for (const auto& entry : ranked)
    {
        pieces.push_back(entry.second);
        tokens.push_back(entry.second);
    }
    tokens.insert(tokens.end(), characters.begin(), characters.end());
    json vocabulary = json::object();
    for (std::size_t i = 0; i < tokens.size(); ++i)
    {
        vocabulary[tokens[i]] = i;
    }
    json added = json::array();
    for (int id = 0; id < 3; ++id)
    {
        added.push_back({{"id", id},
                         {"content", tokens[static_cast<std::size_t>(id)]},
                         {"single_word", false},
                         {"lstrip", false},
                         {"rstrip", false},
                         {"normalized", false},
                         {"special", true}});
    }
    const json mark = SPACE_MARK;
    const json begin{{"SpecialToken", {{"id", "<s>"}, {"type_id", 0}}}};
    const json text{{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
    const json second{{"Sequence", {{"id", "B"}, {"type_id", 1}}}};
    const json steps{{{"type", "Prepend"}, {"prepend", mark}},
                     {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", mark}}};
    const json undone{{{"type", "Replace"}, {"pattern", {{"String", mark}}}, {"content", " "}},
                      {{"type", "ByteFallback"}},
                      {{"type", "Fuse"}},
                      {{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}}};
    const json special{
        {"<s>", {{"id", "<s>"}, {"ids", json::array({1})}, {"tokens", json::array({"<s>"})}}}};
    return {{"version", "1.0"},
            {"truncation", nullptr},
            {"padding", nullptr},
            {"added_tokens", added},
            {"normalizer", {{"type", "Sequence"}, {"normalizers", steps}}},
            {"pre_tokenizer", nullptr},
            {"post_processor",
             {{"type", "TemplateProcessing"},
              {"single", json::array({begin, text})},
              {"pair", json::array({begin, text, second})},
              {"special_tokens", special}}},
            {"decoder", {{"type", "Sequence"}, {"decoders", undone}}},
            {"model",
             {{"type", "BPE"},
              {"dropout", nullptr},
              {"unk_token", "<unk>"},
              {"continuing_subword_prefix", nullptr},
              {"end_of_word_suffix", nullptr},
              {"fuse_unk", true},
              {"byte_fallback", true},
              {"ignore_merges", false},
              {"vocab", vocabulary},
              {"merges", MakePieceMerges(pieces, [&](const std::string& token) {
                   return vocabulary.contains(token);
               })}}}};
}

/// Mark blanks as newer files do. @param document of MakeSentencePieceDocument
inline void
UseMetaspace(nlohmann::json& document)
{
    document["normalizer"] = nullptr;
    document["pre_tokenizer"] = {{"type", "Metaspace"},
                                 {"replacement", SPACE_MARK},
                                 {"prepend_scheme", "first"},
                                 {"split", false}};
}

/// Split digits as SmolLM does. @param document of a tokenizer that splits as GPT-2
inline void
UseDigits(nlohmann::json& document)
{
    const nlohmann::json digits{{"type", "Digits"}, {"individual_digits", true}};
    document["pre_tokenizer"] = {
        {"type", "Sequence"},
        {"pretokenizers", nlohmann::json::array({digits, document["pre_tokenizer"]})}};
}

} // namespace ecld

#endif // ECLD_SENTENCE_PIECE_DOCUMENT_H
