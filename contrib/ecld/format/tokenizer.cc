/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tokenizer.h"

#include "base/format-error.h"
#include "base/json-document.h"
#include "byte-alphabet.h"
#include "input-file.h"
#include "tokenizer-tables.h"
#include "unicode-text.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace ecld
{

Tokenizer
Tokenizer::Read(const std::string& path)
{
    std::error_code error;
    const auto file = std::filesystem::is_directory(path, error)
                          ? (std::filesystem::path(path) / "tokenizer.json").string()
                          : path;
    return Parse(ReadPlainText(file), file);
}

Tokenizer
Tokenizer::Parse(const std::string& text, const std::string& file)
{
    return Tokenizer(std::make_shared<const TokenizerTables>(ParseTokenizerTables(text, file)));
}

Tokenizer::Tokenizer(std::shared_ptr<const TokenizerTables> tables)
    : m_tables(std::move(tables))
{
}

std::vector<int32_t>
Tokenizer::Encode(std::string_view text, bool withSpecial) const
{
    if (const auto offset = FindInvalidUtf8(text))
    {
        throw std::runtime_error("text to encode: byte " + std::to_string(*offset) +
                                 " is no UTF-8");
    }
    std::vector<int32_t> ids;
    if (withSpecial)
    {
        ids = m_tables->prefixIds;
    }
    for (const auto& part : m_tables->rawMatcher.Split(text))
    {
        if (part.id >= 0)
        {
            ids.push_back(part.id);
            continue;
        }
        const std::string normal = m_tables->normalizer.Apply(part.text);
        EncodePart(normal, part.text.data() == text.data(), ids);
    }
    if (withSpecial)
    {
        ids.insert(ids.end(), m_tables->suffixIds.begin(), m_tables->suffixIds.end());
    }
    return ids;
}

void
Tokenizer::EncodePart(std::string_view text, bool isFirst, std::vector<int32_t>& ids) const
{
    for (const auto& part : m_tables->normalizedMatcher.Split(text))
    {
        if (part.id >= 0)
        {
            ids.push_back(part.id);
            continue;
        }
        const std::string marked =
            MarkSpaces(part.text, isFirst && part.text.data() == text.data());
        std::vector<std::string_view> words{marked};
        for (const auto& step : m_tables->splits)
        {
            std::vector<std::string_view> pieces;
            for (const auto& word : words)
            {
                step.pattern.Split(word, step.keepsRest, pieces);
            }
            words = std::move(pieces);
        }
        for (const auto& word : words)
        {
            EncodeWord(word, ids);
        }
    }
}

std::string
Tokenizer::MarkSpaces(std::string_view text, bool isFirst) const
{
    if (!m_tables->metaspace)
    {
        return std::string(text);
    }
    const std::string marked = ReplaceAll(text, " ", SPACE_MARK);
    const bool hasPrefix = *m_tables->metaspace == SpacePrefix::ALWAYS ||
                           (*m_tables->metaspace == SpacePrefix::FIRST && isFirst);
    return hasPrefix && marked.rfind(SPACE_MARK, 0) != 0 ? SPACE_MARK + marked : marked;
}

void
Tokenizer::EncodeWord(std::string_view word, std::vector<int32_t>& ids) const
{
    const auto find = [this](const std::string& token) {
        const auto it = m_tables->words.find(token);
        return it == m_tables->words.end() ? std::nullopt : std::optional(it->second);
    };
    if (m_tables->ignoreMerges)
    {
        const auto whole =
            find(m_tables->fallsBackToBytes ? std::string(word) : BytesToAlphabet(word));
        if (whole)
        {
            ids.push_back(*whole);
            return;
        }
    }
    std::vector<int32_t> tokens;
    tokens.reserve(word.size());
    const auto addBytes = [&](std::string_view bytes) {
        for (const char byte : bytes)
        {
            tokens.push_back(m_tables->byteIds[static_cast<unsigned char>(byte)]);
        }
    };
    if (!m_tables->fallsBackToBytes)
    {
        addBytes(word);
    }
    else
    {
        for (const auto character : SplitCharacters(word))
        {
            const auto id = find(std::string(character));
            id ? tokens.push_back(*id) : addBytes(character);
        }
    }
    m_tables->merger.Merge(tokens);
    ids.insert(ids.end(), tokens.begin(), tokens.end());
}

std::string
Tokenizer::Decode(const std::vector<int32_t>& ids, bool skipSpecial) const
{
    std::string text;
    for (const auto id : ids)
    {
        if (GetToken(id).empty())
        {
            throw std::invalid_argument("token id " + std::to_string(id) +
                                        " is not in the vocabulary");
        }
        const auto* added = FindAddedToken(id);
        if (added == nullptr || !added->special || !skipSpecial)
        {
            text += GetTokenBytes(id);
        }
    }
    const bool dropsSpace = m_tables->stripsSpace && !text.empty() && text.front() == ' ';
    return dropsSpace ? text.substr(1) : text;
}

int64_t
Tokenizer::GetVocabularySize() const
{
    return static_cast<int64_t>(m_tables->tokens.size());
}

const std::string&
Tokenizer::GetToken(int32_t id) const
{
    static const std::string none;
    const bool isKnown = id >= 0 && static_cast<std::size_t>(id) < m_tables->tokens.size();
    return isKnown ? m_tables->tokens[static_cast<std::size_t>(id)] : none;
}

std::string
Tokenizer::GetTokenBytes(int32_t id) const
{
    const auto& token = GetToken(id);
    if (FindAddedToken(id) != nullptr)
    {
        return token;
    }
    if (!m_tables->fallsBackToBytes)
    {
        return AlphabetToBytes(token).value_or(token);
    }
    const auto byte = std::find(m_tables->byteIds.begin(), m_tables->byteIds.end(), id);
    if (byte != m_tables->byteIds.end())
    {
        return std::string(1, static_cast<char>(byte - m_tables->byteIds.begin()));
    }
    return ReplaceAll(token, SPACE_MARK, " ");
}

std::optional<int32_t>
Tokenizer::FindId(const std::string& token) const
{
    const auto it = m_tables->ids.find(token);
    return it == m_tables->ids.end() ? std::nullopt : std::optional(it->second);
}

const std::vector<std::string>&
Tokenizer::GetMerges() const
{
    return m_tables->merges;
}

const std::vector<AddedToken>&
Tokenizer::GetAddedTokens() const
{
    return m_tables->addedTokens;
}

const AddedToken*
Tokenizer::FindAddedToken(int32_t id) const
{
    const auto it = m_tables->addedById.find(id);
    return it == m_tables->addedById.end() ? nullptr : &m_tables->addedTokens[it->second];
}

const std::vector<int32_t>&
Tokenizer::GetPrefixIds() const
{
    return m_tables->prefixIds;
}

const std::vector<int32_t>&
Tokenizer::GetSuffixIds() const
{
    return m_tables->suffixIds;
}

PreTokenizerKind
Tokenizer::GetPreTokenizerKind() const
{
    return m_tables->kind;
}

bool
Tokenizer::AddsLeadingSpace() const
{
    return m_tables->addsSpace;
}

int32_t
Tokenizer::GetByteId(unsigned char byte) const
{
    return m_tables->byteIds[byte];
}

std::optional<int32_t>
Tokenizer::GetUnknownId() const
{
    return m_tables->unknownId;
}

bool
Tokenizer::IgnoresMerges() const
{
    return m_tables->ignoreMerges;
}

std::string
Tokenizer::GetGgufPreTokenizer() const
{
    switch (m_tables->kind)
    {
    case PreTokenizerKind::LLAMA3:
        return "llama-bpe";
    case PreTokenizerKind::QWEN2:
        return "qwen2";
    case PreTokenizerKind::TEKKEN:
        return "tekken";
    case PreTokenizerKind::GPT2:
        return "gpt-2";
    case PreTokenizerKind::SMOLLM:
        return "smollm";
    case PreTokenizerKind::SENTENCE_PIECE:
        return "default";
    case PreTokenizerKind::OTHER:
        break;
    }
    return "";
}

const std::string&
Tokenizer::GetDocument() const
{
    return m_tables->document;
}

void
CheckVocabulary(const Tokenizer& tokenizer, int64_t vocabularySize, const std::string& file)
{
    if (tokenizer.GetVocabularySize() > vocabularySize)
    {
        base::ThrowFormatError(file,
                               "vocab_size",
                               "the model has " + std::to_string(vocabularySize) +
                                   " tokens, but the tokenizer has ids up to " +
                                   std::to_string(tokenizer.GetVocabularySize() - 1));
    }
}

} // namespace ecld
