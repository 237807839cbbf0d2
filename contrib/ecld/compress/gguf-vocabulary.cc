/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The vocabulary in a GGUF file, and what llama.cpp would read in another way.

#include "deployment.h"
#include "format/sentence-piece.h"

#include <stdexcept>
#include <unordered_set>

namespace ecld
{

namespace
{

/// Kinds of tokens in tokenizer.ggml.token_type, LLAMA_TOKEN_TYPE_* of llama.cpp.
enum TokenType : int32_t
{
    NORMAL = 1,
    UNKNOWN = 2,
    CONTROL = 3,
    USER_DEFINED = 4,
    UNUSED = 5,
    BYTE = 6
};

/// @param text a merge, "left right" @return both as one token
std::string
Join(const std::string& merge)
{
    std::string token = merge;
    return token.erase(token.find(' '), 1);
}

/// @param id a token @param tokenizer its vocabulary @return whether merges may give it
bool
IsOrdinary(int32_t id, const Tokenizer& tokenizer)
{
    return tokenizer.FindAddedToken(id) == nullptr && id != tokenizer.GetUnknownId();
}

/**
 * llama.cpp merges the two neighbours that together are the token of the largest score, whichever
 * they are, where merges rank pairs: tokens get the rank of their first merge as score.
 * @param tokenizer that falls back to bytes
 * @return score of each token
 * @throws std::invalid_argument where llama.cpp would merge what the merges do not, or in another
 * order
 */
std::vector<float>
MakeScores(const Tokenizer& tokenizer)
{
    std::vector<float> scores(static_cast<std::size_t>(tokenizer.GetVocabularySize()), 0);
    const auto& merges = tokenizer.GetMerges();
    std::unordered_set<std::string> ranked;
    std::string previous;
    for (std::size_t rank = 0; rank < merges.size(); ++rank)
    {
        const std::string token = Join(merges[rank]);
        if (token != previous && !ranked.insert(token).second)
        {
            throw std::invalid_argument("tokenizer: merge '" + merges[rank] +
                                        "' stands apart from others that give the same token, "
                                        "which llama.cpp cannot tell from them");
        }
        if (token != previous)
        {
            scores[static_cast<std::size_t>(*tokenizer.FindId(token))] = -static_cast<float>(rank);
        }
        previous = token;
    }
    return scores;
}

/// @param tokenizer that falls back to bytes @throws std::invalid_argument where llama.cpp would
/// merge neighbours that no merge names
void
CheckPairs(const Tokenizer& tokenizer)
{
    const auto& merges = tokenizer.GetMerges();
    const std::unordered_set<std::string> pairs(merges.begin(), merges.end());
    std::unordered_set<std::string> tokens;
    for (int32_t id = 0; id < tokenizer.GetVocabularySize(); ++id)
    {
        if (IsOrdinary(id, tokenizer))
        {
            tokens.insert(tokenizer.GetToken(id));
        }
    }
    for (int byte = 0; byte < 256; ++byte)
    {
        tokens.erase(GetByteFallbackToken(static_cast<unsigned char>(byte)));
    }
    for (const std::string& token : tokens)
    {
        const auto characters = SplitCharacters(token);
        for (std::size_t i = 1; i < characters.size(); ++i)
        {
            const std::size_t length =
                static_cast<std::size_t>(characters[i].data() - token.data());
            const std::string left = token.substr(0, length);
            const std::string right = token.substr(length);
            const bool hasLeft = i == 1 || tokens.count(left);
            const bool hasRight = i + 1 == characters.size() || tokens.count(right);
            if (hasLeft && hasRight && !pairs.count(left + " " + right))
            {
                throw std::invalid_argument("tokenizer: no merge '" + left + " " + right +
                                            "', but llama.cpp would make '" + token + "' of it");
            }
        }
    }
}

/// @param id a row of the embedding @param tokenizer of the model @return its type
int32_t
GetTokenType(int32_t id, const Tokenizer& tokenizer)
{
    if (tokenizer.GetToken(id).empty())
    {
        return UNUSED;
    }
    const bool isSentencePiece =
        tokenizer.GetPreTokenizerKind() == PreTokenizerKind::SENTENCE_PIECE;
    if (isSentencePiece && id == tokenizer.GetUnknownId())
    {
        return UNKNOWN;
    }
    for (int byte = 0; isSentencePiece && byte < 256; ++byte)
    {
        if (tokenizer.GetByteId(static_cast<unsigned char>(byte)) == id)
        {
            return BYTE;
        }
    }
    const AddedToken* const added = tokenizer.FindAddedToken(id);
    return !added ? NORMAL : (added->special ? CONTROL : USER_DEFINED);
}

/// @param id a row without a token @param tokenizer of the model @return a name that no token has:
/// llama.cpp ends where two have the same
std::string
MakePadding(int32_t id, const Tokenizer& tokenizer)
{
    std::string name = "[PAD" + std::to_string(id) + "]";
    while (tokenizer.FindId(name))
    {
        name.insert(1, "_");
    }
    return name;
}

/// @param writer the file @param ids that end a text, the first one its end
void
AddStopTokens(GgufWriter& writer, const std::vector<int64_t>& ids)
{
    if (ids.empty())
    {
        return;
    }
    const auto add = [&](const char* name, int64_t id) {
        writer.AddMetadata(std::string("tokenizer.ggml.") + name, static_cast<uint32_t>(id));
    };
    add("eos_token_id", ids.front());
    if (ids.size() > 1)
    {
        add("eot_token_id", ids.back()); // the last of several ends a turn of a chat
        const std::vector<int32_t> all(ids.begin(), ids.end());
        writer.AddMetadata("tokenizer.ggml.eos_token_ids", all);
    }
    if (ids.size() > 2)
    {
        add("eom_token_id", ids[1]); // and one between ends a message, as Llama 3.1's
    }
}

} // namespace

void
CheckDeployable(const Tokenizer& tokenizer, const ModelConfig& config)
{
    const std::string pre = tokenizer.GetGgufPreTokenizer();
    if (pre.empty())
    {
        throw std::invalid_argument(
            "tokenizer: llama.cpp has no name for how it splits a text, expected the pattern of "
            "GPT-2, Llama 3, Qwen 2, Tekken or SmolLM, or SentencePiece's marks");
    }
    if (tokenizer.GetVocabularySize() > config.vocabularySize)
    {
        throw std::invalid_argument(
            "tokenizer: got " + std::to_string(tokenizer.GetVocabularySize()) +
            " tokens, expected at most the " + std::to_string(config.vocabularySize) +
            " rows of the embedding");
    }
    // llama.cpp takes it from the name of the pattern.
    const bool ignoresMerges = pre == "llama-bpe" || pre == "tekken";
    if (tokenizer.IgnoresMerges() != ignoresMerges)
    {
        const auto show = [](bool value) { return value ? "true" : "false"; };
        throw std::invalid_argument(std::string("tokenizer: ignore_merges is ") +
                                    show(!ignoresMerges) + ", expected " + show(ignoresMerges) +
                                    ", which llama.cpp assumes of '" + pre + "'");
    }
    if (tokenizer.GetPreTokenizerKind() == PreTokenizerKind::SENTENCE_PIECE)
    {
        MakeScores(tokenizer);
        CheckPairs(tokenizer);
    }
    const auto& suffix = tokenizer.GetSuffixIds();
    const bool endsText =
        suffix.size() == 1 && !config.eosIds.empty() && suffix.front() == config.eosIds.front();
    if (tokenizer.GetPrefixIds().size() > 1 || (!suffix.empty() && !endsText))
    {
        throw std::invalid_argument(
            "tokenizer: its post_processor puts " +
            std::to_string(tokenizer.GetPrefixIds().size()) + " tokens before a text and " +
            std::to_string(suffix.size()) +
            " after it, expected at most one before it, and after it eos_token_id alone");
    }
}

void
AddTokenizerMetadata(GgufWriter& writer, const ModelConfig& config, const Tokenizer& tokenizer)
{
    CheckDeployable(tokenizer, config);
    std::vector<std::string> tokens;
    std::vector<int32_t> types;
    for (int32_t id = 0; id < config.vocabularySize; ++id)
    {
        const std::string& token = tokenizer.GetToken(id);
        tokens.push_back(token.empty() ? MakePadding(id, tokenizer) : token);
        types.push_back(GetTokenType(id, tokenizer));
    }
    const bool isSentencePiece =
        tokenizer.GetPreTokenizerKind() == PreTokenizerKind::SENTENCE_PIECE;
    writer.AddMetadata("tokenizer.ggml.model", std::string(isSentencePiece ? "llama" : "gpt2"));
    writer.AddMetadata("tokenizer.ggml.pre", tokenizer.GetGgufPreTokenizer());
    writer.AddMetadata("tokenizer.ggml.tokens", tokens);
    writer.AddMetadata("tokenizer.ggml.token_type", types);
    if (isSentencePiece)
    {
        std::vector<float> scores = MakeScores(tokenizer);
        scores.resize(tokens.size(), 0);
        writer.AddMetadata("tokenizer.ggml.scores", scores);
        writer.AddMetadata("tokenizer.ggml.add_space_prefix", tokenizer.AddsLeadingSpace());
        if (tokenizer.GetUnknownId())
        {
            writer.AddMetadata("tokenizer.ggml.unknown_token_id",
                               static_cast<uint32_t>(*tokenizer.GetUnknownId()));
        }
    }
    else
    {
        writer.AddMetadata("tokenizer.ggml.merges", tokenizer.GetMerges());
    }
    const auto& prefix = tokenizer.GetPrefixIds();
    if (!prefix.empty())
    {
        writer.AddMetadata("tokenizer.ggml.bos_token_id", static_cast<uint32_t>(prefix.front()));
    }
    else if (!config.bosIds.empty())
    {
        writer.AddMetadata("tokenizer.ggml.bos_token_id",
                           static_cast<uint32_t>(config.bosIds.front()));
    }
    AddStopTokens(writer, config.eosIds);
    writer.AddMetadata("tokenizer.ggml.add_bos_token", !prefix.empty());
    writer.AddMetadata("tokenizer.ggml.add_eos_token", !tokenizer.GetSuffixIds().empty());
}

} // namespace ecld
