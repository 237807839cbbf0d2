/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tokenizer-tables.h"

#include "base/format-error.h"
#include "base/json-document.h"
#include "sentence-piece-json.h"
#include "tokenizer-trainer.h"
#include "tokenizer-vocabulary.h"
#include "unicode-text.h"

#include <cstddef>
#include <stdexcept>
#include <utility>

namespace ecld
{

namespace
{

using nlohmann::json;

constexpr const char* SINGLE_DIGITS = R"(\p{N})"; //!< pattern of Digits, each on its own

/// @param value an object with a field "type" @return it
std::string
GetType(const base::JsonObject& value)
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
ForEachStep(const base::JsonObject& object,
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
        ForEachStep(
            base::JsonObject(members[i], file, pointer + "/" + key + "/" + std::to_string(i)),
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
        ReadTokenizerVocabulary(m_root, m_file, m_tables);
        ReadNormalizer();
        FillMatchers();
        ReadPreTokenizer();
        ReadPostProcessor();
        ReadDecoder();
        FindKind();
        return std::move(m_tables);
    }

  private:
    /// Normal form C, and marks for blanks.
    void ReadNormalizer()
    {
        if (m_root.Find("normalizer") == nullptr)
        {
            return;
        }
        ForEachStep(
            m_root.GetObject("normalizer"),
            "normalizers",
            m_file,
            "/normalizer",
            [this](const base::JsonObject& step) {
                const auto type = GetType(step);
                if (type == "NFC")
                {
                    m_tables.normalizer.AddNfc();
                }
                else if (type == "Prepend" && m_tables.fallsBackToBytes)
                {
                    m_tables.normalizer.AddPrefix(step.GetText("prepend"));
                }
                else if (type == "Replace" && m_tables.fallsBackToBytes)
                {
                    m_tables.normalizer.AddReplacement(ReadReplaced(step), step.GetText("content"));
                }
                else
                {
                    step.Fail("type",
                              "got '" + base::ShowInput(type) + "', expected NFC" +
                                  (m_tables.fallsBackToBytes ? ", Prepend or Replace" : ""));
                }
            });
    }

    /// Put each added token where it is looked for.
    void FillMatchers()
    {
        for (const auto& token : m_tables.addedTokens)
        {
            auto& matcher = token.normalized ? m_tables.normalizedMatcher : m_tables.rawMatcher;
            matcher.Add(token,
                        token.normalized ? m_tables.normalizer.Apply(token.content)
                                         : token.content);
        }
    }

    /// Cuts, and the byte alphabet.
    void ReadPreTokenizer()
    {
        if (m_tables.fallsBackToBytes)
        {
            if (m_root.Find("pre_tokenizer") != nullptr)
            {
                m_tables.metaspace = ReadMetaspace(m_root.GetObject("pre_tokenizer"));
            }
            return;
        }
        bool isByteLevel = false;
        ForEachStep(m_root.GetObject("pre_tokenizer"),
                    "pretokenizers",
                    m_file,
                    "/pre_tokenizer",
                    [&](const base::JsonObject& step) {
                        const auto type = GetType(step);
                        if (isByteLevel)
                        {
                            step.Fail("type", "follows ByteLevel, expected nothing there");
                        }
                        if (type == "Split")
                        {
                            ReadSplit(step);
                        }
                        else if (type == "Digits")
                        {
                            const bool areSingle = step.GetBool("individual_digits", false);
                            const std::string digits = areSingle ? SINGLE_DIGITS : "\\p{N}+";
                            AddSplit(step, "individual_digits", digits, false, true);
                            m_patterns.push_back(digits);
                        }
                        else if (type == "ByteLevel")
                        {
                            ReadByteLevel(step);
                            isByteLevel = true;
                        }
                        else
                        {
                            step.Fail("type",
                                      "got '" + base::ShowInput(type) +
                                          "', expected Split, Digits or ByteLevel");
                        }
                    });
        if (!isByteLevel)
        {
            m_root.Fail("pre_tokenizer", "has no ByteLevel, expected byte-level BPE");
        }
    }

    /// @param step a Split
    void ReadSplit(const base::JsonObject& step)
    {
        const auto pattern = step.GetObject("pattern");
        const bool isRegex = pattern.Find("Regex") != nullptr;
        const auto behavior = step.GetText("behavior");
        const bool inverts = step.GetBool("invert", false);
        // "Removed, inverted" is how old conversions of Llama 3 say "the matches".
        if (behavior != "Isolated" && !(behavior == "Removed" && inverts))
        {
            step.Fail("behavior", "got '" + base::ShowInput(behavior) + "', expected Isolated");
        }
        const auto text = pattern.GetText(isRegex ? "Regex" : "String");
        AddSplit(pattern, isRegex ? "Regex" : "String", text, !isRegex, behavior == "Isolated");
        m_patterns.push_back(text);
    }

    /// @param step a ByteLevel
    void ReadByteLevel(const base::JsonObject& step)
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
    void AddSplit(const base::JsonObject& place,
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
                    [&](const base::JsonObject& step) {
                        const auto type = GetType(step);
                        if (type == "TemplateProcessing" && !hasTemplate)
                        {
                            ReadTemplate(step);
                            hasTemplate = true;
                        }
                        else if (type != "ByteLevel") // that one only moves offsets
                        {
                            step.Fail("type",
                                      "got '" + base::ShowInput(type) +
                                          "', expected ByteLevel and at most one "
                                          "TemplateProcessing");
                        }
                    });
    }

    /// @param step a TemplateProcessing
    void ReadTemplate(const base::JsonObject& step)
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
            const auto name =
                base::JsonObject(value, m_file, "/post_processor/single").GetText("id");
            AddTemplateIds(step, name, hasText ? m_tables.suffixIds : m_tables.prefixIds);
        }
        if (!hasText)
        {
            step.Fail("single", "has no Sequence, expected the text somewhere");
        }
    }

    /// @param step a TemplateProcessing @param name one of its tokens @param ids where its ids go
    void AddTemplateIds(const base::JsonObject& step,
                        const std::string& name,
                        std::vector<int32_t>& ids)
    {
        const auto token = step.GetObject("special_tokens").GetObject(name);
        for (const auto& entry : token.GetArray("ids"))
        {
            const auto id = ReadTokenId(token, "ids", entry);
            const auto index = static_cast<std::size_t>(id);
            if (index >= m_tables.tokens.size() || m_tables.tokens[index].empty())
            {
                token.FailValue("ids", entry, "an id of the vocabulary");
            }
            ids.push_back(id);
        }
    }

    /// Only what undoes the alphabet of bytes, or the marks and bytes.
    void ReadDecoder()
    {
        if (m_root.Find("decoder") == nullptr)
        {
            return; // Decode is that of the kind anyhow
        }
        ForEachStep(m_root.GetObject("decoder"),
                    "decoders",
                    m_file,
                    "/decoder",
                    [this](const base::JsonObject& step) {
                        const auto type = GetType(step);
                        if (m_tables.fallsBackToBytes)
                        {
                            m_tables.stripsSpace |= ReadMarkDecoder(step);
                        }
                        else if (type != "ByteLevel")
                        {
                            step.Fail("type",
                                      "got '" + base::ShowInput(type) + "', expected ByteLevel");
                        }
                    });
    }

    /// Recognise a family by what it does with a text.
    void FindKind()
    {
        if (m_tables.fallsBackToBytes)
        {
            FindSentencePiece(m_tables);
            return;
        }
        TextNormalizer nfc;
        nfc.AddNfc();
        const bool isPlain = m_tables.normalizer == TextNormalizer();
        for (const auto kind : {PreTokenizerKind::LLAMA3,
                                PreTokenizerKind::QWEN2,
                                PreTokenizerKind::TEKKEN,
                                PreTokenizerKind::GPT2})
        {
            const bool isQwen = kind == PreTokenizerKind::QWEN2;
            if (m_patterns.size() == 1 && m_patterns[0] == GetSplitPattern(kind) &&
                (isPlain || (isQwen && m_tables.normalizer == nfc)))
            {
                m_tables.kind = kind;
            }
        }
        const std::vector<std::string> smol{SINGLE_DIGITS, GetSplitPattern(PreTokenizerKind::GPT2)};
        if (isPlain && m_patterns == smol)
        {
            m_tables.kind = PreTokenizerKind::SMOLLM;
        }
    }

    base::JsonObject m_root;             //!< the document
    const std::string& m_file;           //!< what messages call it
    TokenizerTables m_tables;            //!< what has been read
    std::vector<std::string> m_patterns; //!< regular expressions of the cuts
};

} // namespace

TokenizerTables
ParseTokenizerTables(const std::string& text, const std::string& file)
{
    const auto document = base::ParseJson(text, file);
    auto tables = Reader(document, file).Read();
    tables.document = text;
    return tables;
}

} // namespace ecld
