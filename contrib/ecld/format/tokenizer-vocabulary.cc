/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tokenizer-vocabulary.h"

#include "base/format-error.h"
#include "byte-alphabet.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace ecld
{

namespace
{

using nlohmann::json;

constexpr int64_t MAX_ID = 1 << 24; //!< largest id that we take
/// Ids may leave holes, but not so large that the tables would be empty space.
constexpr int64_t MAX_HOLES = 65536;

/// Reads the tokens into the tables.
class Reader
{
  public:
    /// @param root the document @param file what messages call it @param tables where tokens go
    Reader(const base::JsonObject& root, const std::string& file, TokenizerTables& tables)
        : m_root(root),
          m_file(file),
          m_tables(tables)
    {
    }

    /// Vocabulary and merges.
    void ReadModel()
    {
        const auto model = m_root.GetObject("model");
        const auto type = model.GetText("type", "BPE"); // old files leave it out
        if (type != "BPE")
        {
            model.Fail("type", "got '" + base::ShowInput(type) + "', expected BPE");
        }
        for (const auto* key : {"continuing_subword_prefix", "end_of_word_suffix"})
        {
            if (!model.GetText(key, "").empty())
            {
                model.Fail(key, "expected none: byte-level BPE");
            }
        }
        m_tables.fallsBackToBytes = model.GetBool("byte_fallback", false);
        m_tables.ignoreMerges = model.GetBool("ignore_merges", false);
        ReadVocabulary(model.GetObject("vocab"));
        ReadMerges(model, model.GetArray("merges"));
        const std::string unknown = model.GetText("unk_token", "");
        const auto it = m_tables.words.find(unknown);
        if (!unknown.empty() && it != m_tables.words.end())
        {
            m_tables.unknownId = it->second;
        }
    }

    /// Tokens that are found in the raw text.
    void ReadAddedTokens()
    {
        if (m_root.Find("added_tokens") == nullptr)
        {
            return;
        }
        const auto& tokens = m_root.GetArray("added_tokens");
        m_expectedTokens += static_cast<int64_t>(tokens.size());
        for (std::size_t i = 0; i < tokens.size(); ++i)
        {
            const base::JsonObject object(tokens[i], m_file, "/added_tokens/" + std::to_string(i));
            AddedToken token;
            token.content = object.GetText("content");
            token.id = static_cast<int32_t>(object.GetInteger("id", 0, MAX_ID));
            token.special = object.GetBool("special", false);
            token.singleWord = object.GetBool("single_word", false);
            token.stripLeft = object.GetBool("lstrip", false);
            token.stripRight = object.GetBool("rstrip", false);
            token.normalized = object.GetBool("normalized", !token.special);
            AddId(object, "id", token.content, token.id);
            m_tables.addedTokens.push_back(std::move(token));
        }
        auto& added = m_tables.addedTokens;
        std::sort(added.begin(), added.end(), [](const AddedToken& a, const AddedToken& b) {
            return a.id < b.id;
        });
        for (std::size_t i = 0; i < added.size(); ++i)
        {
            if (!m_tables.addedById.emplace(added[i].id, i).second)
            {
                m_root.Fail("added_tokens", "id " + std::to_string(added[i].id) + " given twice");
            }
        }
    }

  private:
    /// @param vocabulary tokens and their ids
    void ReadVocabulary(const base::JsonObject& vocabulary)
    {
        m_expectedTokens = static_cast<int64_t>(vocabulary.GetValue().size());
        for (const auto& item : vocabulary.GetValue().items())
        {
            AddId(vocabulary,
                  item.key(),
                  item.key(),
                  ReadTokenId(vocabulary, item.key(), item.value()));
        }
        m_tables.words = m_tables.ids;
        for (std::size_t byte = 0; byte < 256; ++byte)
        {
            const auto value = static_cast<unsigned char>(byte);
            const auto it = m_tables.words.find(
                m_tables.fallsBackToBytes ? GetByteFallbackToken(value) : GetByteCharacter(value));
            if (it == m_tables.words.end())
            {
                vocabulary.Fail("",
                                "has no token for byte " + std::to_string(byte) +
                                    ", expected BPE with all 256");
            }
            m_tables.byteIds[byte] = it->second;
        }
    }

    /**
     * Note a token and its id.
     * @param place where it stands
     * @param key its field
     * @param token the token
     * @param id its id
     */
    void AddId(const base::JsonObject& place,
               const std::string& key,
               const std::string& token,
               int32_t id)
    {
        if (token.empty())
        {
            place.Fail(key, "an empty token, expected a text");
        }
        const auto [it, isNew] = m_tables.ids.emplace(token, id);
        if (!isNew && it->second != id)
        {
            place.Fail(key,
                       "token '" + base::ShowInput(token) + "' has id " +
                           std::to_string(it->second) + " already, got " + std::to_string(id));
        }
        if (!isNew)
        {
            return;
        }
        const auto index = static_cast<std::size_t>(id);
        if (index >= m_tables.tokens.size())
        {
            if (id > m_expectedTokens + MAX_HOLES)
            {
                place.Fail(key,
                           "id " + std::to_string(id) +
                               " leaves too large a hole, expected ids of " +
                               std::to_string(m_expectedTokens) + " tokens");
            }
            m_tables.tokens.resize(index + 1);
        }
        if (!m_tables.tokens[index].empty())
        {
            place.Fail(key,
                       "id " + std::to_string(id) + " is that of token '" +
                           base::ShowInput(m_tables.tokens[index]) + "' already");
        }
        m_tables.tokens[index] = token;
    }

    /// @param model the model @param merges its merges, texts "a b" or arrays ["a", "b"]
    void ReadMerges(const base::JsonObject& model, const json& merges)
    {
        for (std::size_t i = 0; i < merges.size(); ++i)
        {
            const auto place = [i] { return "merges/" + std::to_string(i); };
            const auto [left, right] = SplitMerge(model, merges[i], place);
            const auto find = [&](const std::string& token) {
                const auto it = m_tables.words.find(token);
                if (it == m_tables.words.end())
                {
                    model.Fail(place(),
                               "token '" + base::ShowInput(token) + "' is not in the vocabulary");
                }
                return it->second;
            };
            m_tables.merger.Add(find(left), find(right), find(left + right));
            m_tables.merges.push_back(left + " " + right);
        }
    }

    /// @param model the model @param merge one merge @param place gives its field @return its
    /// halves
    template <typename Place>
    static std::pair<std::string, std::string> SplitMerge(const base::JsonObject& model,
                                                          const json& merge,
                                                          const Place& place)
    {
        if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string())
        {
            const auto& left = merge[0].get_ref<const std::string&>();
            const auto& right = merge[1].get_ref<const std::string&>();
            if (!left.empty() && !right.empty() && (left + right).find(' ') == std::string::npos)
            {
                return {left, right};
            }
        }
        if (merge.is_string())
        {
            const auto& text = merge.get_ref<const std::string&>();
            const auto space = text.find(' ');
            if (space != std::string::npos && space > 0 && space + 1 < text.size() &&
                text.find(' ', space + 1) == std::string::npos)
            {
                return {text.substr(0, space), text.substr(space + 1)};
            }
        }
        model.FailValue(place(), merge, "\"left right\" or [\"left\", \"right\"]");
    }

    const base::JsonObject& m_root; //!< the document
    const std::string& m_file;      //!< what messages call it
    TokenizerTables& m_tables;      //!< what has been read
    int64_t m_expectedTokens{0};    //!< tokens there will be
};

} // namespace

void
ReadTokenizerVocabulary(const base::JsonObject& root,
                        const std::string& file,
                        TokenizerTables& tables)
{
    Reader reader(root, file, tables);
    reader.ReadModel();
    reader.ReadAddedTokens();
}

int32_t
ReadTokenId(const base::JsonObject& place, const std::string& key, const json& value)
{
    if (!value.is_number_unsigned() || value.get<uint64_t>() > static_cast<uint64_t>(MAX_ID))
    {
        place.FailValue(key, value, "a token id");
    }
    return value.get<int32_t>();
}

} // namespace ecld
