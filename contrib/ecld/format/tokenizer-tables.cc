/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tokenizer-tables.h"

#include "byte-alphabet.h"
#include "format-error.h"
#include "json-document.h"
#include "tokenizer-trainer.h"
#include "unicode-text.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ecld
{

namespace
{

using nlohmann::json;

constexpr int64_t MAX_ID = 1 << 24; //!< largest id that we take
/// Ids may leave holes, but not so large that the tables would be empty space.
constexpr int64_t MAX_HOLES = 65536;

/// @param value an object with a field "type" @return it
std::string
GetType(const JsonObject& value)
{
    return value.GetText("type");
}

/**
 * Calls a function for an object, or for each member of a sequence of such.
 * @param object the object, such as a pre-tokeniser
 * @param key the field that holds the members of a sequence
 * @param file what messages call the document
 * @param pointer JSON pointer to the object
 * @param take the function; gets the object and its pointer
 */
template <typename Take>
void
ForEachStep(const JsonObject& object,
            const std::string& key,
            const std::string& file,
            const std::string& pointer,
            const Take& take)
{
    if (GetType(object) != "Sequence")
    {
        take(object);
        return;
    }
    const auto& members = object.GetArray(key);
    for (std::size_t i = 0; i < members.size(); ++i)
    {
        ForEachStep(JsonObject(members[i], file, pointer + "/" + key + "/" + std::to_string(i)),
                    key,
                    file,
                    pointer + "/" + key + "/" + std::to_string(i),
                    take);
    }
}

/// Reads the parts of the document into the tables.
class Reader
{
  public:
    /// @param document the document @param file what messages call it
    Reader(const json& document, const std::string& file)
        : m_root(document, file),
          m_file(file)
    {
    }

    /// @return the tables
    TokenizerTables Read()
    {
        ReadModel();
        ReadAddedTokens();
        ReadNormalizer();
        FillMatchers();
        ReadPreTokenizer();
        ReadPostProcessor();
        ReadDecoder();
        FindKind();
        return std::move(m_tables);
    }

  private:
    /// Vocabulary and merges.
    void ReadModel()
    {
        const auto model = m_root.GetObject("model");
        const auto type = model.GetText("type", "BPE"); // old files leave it out
        if (type != "BPE")
        {
            model.Fail("type", "got '" + ShowInput(type) + "', expected BPE");
        }
        for (const auto* key : {"continuing_subword_prefix", "end_of_word_suffix"})
        {
            if (!model.GetText(key, "").empty())
            {
                model.Fail(key, "expected none: byte-level BPE");
            }
        }
        if (model.GetBool("byte_fallback", false))
        {
            model.Fail("byte_fallback", "got true, expected byte-level BPE");
        }
        m_tables.ignoreMerges = model.GetBool("ignore_merges", false);
        ReadVocabulary(model.GetObject("vocab"));
        ReadMerges(model, model.GetArray("merges"));
    }

    /// @param vocabulary tokens and their ids
    void ReadVocabulary(const JsonObject& vocabulary)
    {
        m_expectedTokens = static_cast<int64_t>(vocabulary.GetValue().size());
        for (const auto& item : vocabulary.GetValue().items())
        {
            AddId(vocabulary, item.key(), item.key(), GetId(vocabulary, item.key(), item.value()));
        }
        m_tables.words = m_tables.ids;
        for (std::size_t byte = 0; byte < 256; ++byte)
        {
            const auto& character = GetByteCharacter(static_cast<unsigned char>(byte));
            const auto it = m_tables.words.find(character);
            if (it == m_tables.words.end())
            {
                vocabulary.Fail("",
                                "has no token for byte " + std::to_string(byte) +
                                    ", expected byte-level BPE with all 256");
            }
            m_tables.byteIds[byte] = it->second;
        }
    }

    /// @param place where the id stands @param key its field @param value it @return the id
    static int32_t GetId(const JsonObject& place, const std::string& key, const json& value)
    {
        if (!value.is_number_unsigned() || value.get<uint64_t>() > static_cast<uint64_t>(MAX_ID))
        {
            place.FailValue(key, value, "a token id");
        }
        return value.get<int32_t>();
    }

    /**
     * Note a token and its id.
     * @param place where it stands
     * @param key its field
     * @param token the token
     * @param id its id
     */
    void AddId(const JsonObject& place,
               const std::string& key,
               const std::string& token,
               int32_t id)
    {
        const auto [it, isNew] = m_tables.ids.emplace(token, id);
        if (!isNew && it->second != id)
        {
            place.Fail(key,
                       "token '" + ShowInput(token) + "' has id " + std::to_string(it->second) +
                           " already, got " + std::to_string(id));
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
            m_taken.resize(index + 1);
        }
        if (m_taken[index])
        {
            place.Fail(key,
                       "id " + std::to_string(id) + " is that of token '" +
                           ShowInput(m_tables.tokens[index]) + "' already");
        }
        m_tables.tokens[index] = token;
        m_taken[index] = true;
    }

    /// @param model the model @param merges its merges, texts "a b" or arrays ["a", "b"]
    void ReadMerges(const JsonObject& model, const json& merges)
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
                               "token '" + ShowInput(token) + "' is not in the vocabulary");
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
    static std::pair<std::string, std::string> SplitMerge(const JsonObject& model,
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
            const JsonObject object(tokens[i], m_file, "/added_tokens/" + std::to_string(i));
            AddedToken token;
            token.content = object.GetText("content");
            token.id = static_cast<int32_t>(object.GetInteger("id", 0, MAX_ID));
            token.special = object.GetBool("special", false);
            token.singleWord = object.GetBool("single_word", false);
            token.stripLeft = object.GetBool("lstrip", false);
            token.stripRight = object.GetBool("rstrip", false);
            token.normalized = object.GetBool("normalized", !token.special);
            if (token.content.empty())
            {
                object.Fail("content", "empty, expected a text");
            }
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

    /// Normal form C or nothing.
    void ReadNormalizer()
    {
        if (m_root.Find("normalizer") == nullptr)
        {
            return;
        }
        ForEachStep(m_root.GetObject("normalizer"),
                    "normalizers",
                    m_file,
                    "/normalizer",
                    [this](const JsonObject& step) {
                        if (GetType(step) != "NFC")
                        {
                            step.Fail("type",
                                      "got '" + ShowInput(GetType(step)) + "', expected NFC");
                        }
                        m_tables.normalizesNfc = true;
                    });
    }

    /// Put each added token where it is looked for.
    void FillMatchers()
    {
        for (const auto& token : m_tables.addedTokens)
        {
            const bool isNormal = token.normalized && m_tables.normalizesNfc;
            auto& matcher = token.normalized ? m_tables.normalizedMatcher : m_tables.rawMatcher;
            matcher.Add(token, isNormal ? NormalizeNfc(token.content) : token.content);
        }
    }

    /// Cuts, and the byte alphabet.
    void ReadPreTokenizer()
    {
        bool isByteLevel = false;
        ForEachStep(m_root.GetObject("pre_tokenizer"),
                    "pretokenizers",
                    m_file,
                    "/pre_tokenizer",
                    [&](const JsonObject& step) {
                        const auto type = GetType(step);
                        if (isByteLevel)
                        {
                            step.Fail("type", "follows ByteLevel, expected nothing there");
                        }
                        if (type == "Split")
                        {
                            ReadSplit(step);
                        }
                        else if (type == "ByteLevel")
                        {
                            ReadByteLevel(step);
                            isByteLevel = true;
                        }
                        else
                        {
                            step.Fail("type",
                                      "got '" + ShowInput(type) + "', expected Split or ByteLevel");
                        }
                    });
        if (!isByteLevel)
        {
            m_root.Fail("pre_tokenizer", "has no ByteLevel, expected byte-level BPE");
        }
    }

    /// @param step a Split
    void ReadSplit(const JsonObject& step)
    {
        const auto pattern = step.GetObject("pattern");
        const bool isRegex = pattern.Find("Regex") != nullptr;
        const auto behavior = step.GetText("behavior");
        const bool inverts = step.GetBool("invert", false);
        // "Removed, inverted" is how old conversions of Llama 3 say "the matches".
        if (behavior != "Isolated" && !(behavior == "Removed" && inverts))
        {
            step.Fail("behavior", "got '" + ShowInput(behavior) + "', expected Isolated");
        }
        const auto text = pattern.GetText(isRegex ? "Regex" : "String");
        AddSplit(pattern, isRegex ? "Regex" : "String", text, !isRegex, behavior == "Isolated");
        m_patterns.push_back(text);
    }

    /// @param step a ByteLevel
    void ReadByteLevel(const JsonObject& step)
    {
        if (step.GetBool("add_prefix_space", true))
        {
            step.Fail("add_prefix_space", "got true, expected false");
        }
        if (step.GetBool("use_regex", true))
        {
            const auto text = GetSplitPattern(PreTokenizerKind::GPT2);
            AddSplit(step, "use_regex", text, false, true);
            m_patterns.push_back(text);
        }
    }

    /**
     * @param place where the pattern stands
     * @param key its field
     * @param text the pattern
     * @param isLiteral whether it is a text to find
     * @param keepsRest whether what lies between the matches is kept
     */
    void AddSplit(const JsonObject& place,
                  const std::string& key,
                  const std::string& text,
                  bool isLiteral,
                  bool keepsRest)
    {
        try
        {
            m_tables.splits.push_back({SplitPattern(text, isLiteral), keepsRest});
        }
        catch (const std::invalid_argument& e)
        {
            place.Fail(key, e.what());
        }
    }

    /// Tokens around a text.
    void ReadPostProcessor()
    {
        if (m_root.Find("post_processor") == nullptr)
        {
            return;
        }
        bool hasTemplate = false;
        ForEachStep(m_root.GetObject("post_processor"),
                    "processors",
                    m_file,
                    "/post_processor",
                    [&](const JsonObject& step) {
                        const auto type = GetType(step);
                        if (type == "TemplateProcessing" && !hasTemplate)
                        {
                            ReadTemplate(step);
                            hasTemplate = true;
                        }
                        else if (type != "ByteLevel") // that one only moves offsets
                        {
                            step.Fail("type",
                                      "got '" + ShowInput(type) +
                                          "', expected ByteLevel and at most one "
                                          "TemplateProcessing");
                        }
                    });
    }

    /// @param step a TemplateProcessing
    void ReadTemplate(const JsonObject& step)
    {
        bool hasText = false;
        for (const auto& item : step.GetArray("single"))
        {
            if (!item.is_object() || item.size() != 1)
            {
                step.FailValue("single", item, "SpecialToken or Sequence");
            }
            const auto& value = item.begin().value();
            if (item.begin().key() == "Sequence" && !hasText)
            {
                hasText = true;
                continue;
            }
            if (item.begin().key() != "SpecialToken")
            {
                step.Fail("single", "expected SpecialToken, or Sequence once");
            }
            const auto name = JsonObject(value, m_file, "/post_processor/single").GetText("id");
            AddTemplateIds(step, name, hasText ? m_tables.suffixIds : m_tables.prefixIds);
        }
        if (!hasText)
        {
            step.Fail("single", "has no Sequence, expected the text somewhere");
        }
    }

    /// @param step a TemplateProcessing @param name one of its tokens @param ids where its ids go
    void AddTemplateIds(const JsonObject& step, const std::string& name, std::vector<int32_t>& ids)
    {
        const auto token = step.GetObject("special_tokens").GetObject(name);
        for (const auto& entry : token.GetArray("ids"))
        {
            const auto id = GetId(token, "ids", entry);
            if (static_cast<std::size_t>(id) >= m_taken.size() ||
                !m_taken[static_cast<std::size_t>(id)])
            {
                token.FailValue("ids", entry, "an id of the vocabulary");
            }
            ids.push_back(id);
        }
    }

    /// Only the byte alphabet's decoder.
    void ReadDecoder()
    {
        if (m_root.Find("decoder") == nullptr)
        {
            return; // Decode is that of byte-level BPE anyhow
        }
        ForEachStep(m_root.GetObject("decoder"),
                    "decoders",
                    m_file,
                    "/decoder",
                    [](const JsonObject& step) {
                        if (GetType(step) != "ByteLevel")
                        {
                            step.Fail("type",
                                      "got '" + ShowInput(GetType(step)) + "', expected ByteLevel");
                        }
                    });
    }

    /// Recognise a family by its pattern.
    void FindKind()
    {
        for (const auto kind : {PreTokenizerKind::LLAMA3,
                                PreTokenizerKind::QWEN2,
                                PreTokenizerKind::TEKKEN,
                                PreTokenizerKind::GPT2})
        {
            const bool isQwen = kind == PreTokenizerKind::QWEN2;
            if (m_patterns.size() == 1 && m_patterns[0] == GetSplitPattern(kind) &&
                (isQwen || !m_tables.normalizesNfc))
            {
                m_tables.kind = kind;
            }
        }
    }

    JsonObject m_root;                   //!< the document
    const std::string& m_file;           //!< what messages call it
    TokenizerTables m_tables;            //!< what has been read
    std::vector<bool> m_taken;           //!< ids that a token has
    int64_t m_expectedTokens{0};         //!< tokens there will be
    std::vector<std::string> m_patterns; //!< regular expressions of the cuts
};

} // namespace

TokenizerTables
ParseTokenizerTables(const std::string& text, const std::string& file)
{
    const auto document = ParseJson(text, file);
    auto tables = Reader(document, file).Read();
    tables.document = text;
    return tables;
}

} // namespace ecld
