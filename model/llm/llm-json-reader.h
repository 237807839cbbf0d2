/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_JSON_READER_H
#define LLM_JSON_READER_H

// Private to model/llm: it brings nlohmann-json, which no public header may.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief The numbers that a field takes, and how to say so.
 */
struct LlmJsonRange
{
    double min;           ///< least value, taken
    double max;           ///< largest value, taken
    const char* expected; ///< the range in words, for the message
};

/// Any share. @ingroup llm-mec
extern const LlmJsonRange LLM_JSON_SHARE;
/// Any finite number above zero. @ingroup llm-mec
extern const LlmJsonRange LLM_JSON_POSITIVE;
/// Any finite number from zero. @ingroup llm-mec
extern const LlmJsonRange LLM_JSON_NOT_NEGATIVE;

/**
 * @ingroup llm-mec
 * @brief Throw the one kind of error that leaves the readers.
 * @param file what the message calls the document
 * @param pointer JSON pointer to the place, empty for the document
 * @param problem what is there and what was expected
 */
[[noreturn]] void ThrowLlmJson(const std::string& file,
                               const std::string& pointer,
                               const std::string& problem);

/**
 * @ingroup llm-mec
 * @brief Read a whole file.
 * @param path a regular file of at most 64 MiB
 * @return its bytes
 * @throws std::runtime_error one line that names the file, where it cannot be read
 */
std::string ReadLlmJsonFile(const std::string& path);

/**
 * @ingroup llm-mec
 * @brief Parse a JSON text and refuse what a document of ours never has.
 *
 * Refused, beside what is no JSON: a key twice in an object, because one of the two would get lost;
 * a number that no double holds; nesting deeper than 16 and more than 1000 keys, objects and
 * arrays, because they cost a hundred times their bytes and the parser's time grows with their
 * square. Does not depend on the locale.
 *
 * @param text at most 64 MiB
 * @param file what messages call the text
 * @return the document
 * @throws std::runtime_error one line that names the file and the place
 */
nlohmann::json ParseLlmJson(const std::string& text, const std::string& file);

/**
 * @ingroup llm-mec
 * @brief One JSON object whose fields are read with checks.
 *
 * It refers to the document, which has to live longer. Every method throws std::runtime_error with
 * one line: file, field as a JSON pointer, what is there, what was expected.
 */
class LlmJsonObject
{
  public:
    /**
     * @param value the object; anything else is an error
     * @param file what messages call the document
     * @param pointer JSON pointer to the object, empty for the document
     */
    LlmJsonObject(const nlohmann::json& value, std::string file, std::string pointer = "");

    /**
     * Fail unless the field `version` is the one that we read.
     * @param version the version
     * @return the version
     */
    int GetVersion(int version) const;

    /// Fail where the object has another key. @param keys all keys that it may have
    void RequireKnownKeys(const std::vector<std::string>& keys) const;

    /// @param key a required field @return its text, not empty
    std::string GetText(const std::string& key) const;

    /// @param key a required field @param range what it takes @return its number, finite
    double GetNumber(const std::string& key, const LlmJsonRange& range) const;

    /// @param key a field @param range what it takes @return its number, none where it is missing
    std::optional<double> GetOptionalNumber(const std::string& key,
                                            const LlmJsonRange& range) const;

    /**
     * @param key a required field
     * @param range what it takes, within [0, 2^53 - 1]
     * @return its number; 3.0 and 3e0 are integers too, as JSON Schema has it
     */
    uint64_t GetInteger(const std::string& key, const LlmJsonRange& range) const;

    /// @param key a required array @param range what each entry takes @return its numbers
    std::vector<double> GetNumbers(const std::string& key, const LlmJsonRange& range) const;

    /// @param key a field @return the object there, none where it is missing
    std::optional<LlmJsonObject> GetOptionalObject(const std::string& key) const;

    /**
     * Fail because of a field.
     * @param key the field, empty for the object itself
     * @param problem what is there and what was expected
     */
    [[noreturn]] void Fail(const std::string& key, const std::string& problem) const;

  private:
    /// @param key a field @param expected what it takes @return the value of the required field
    const nlohmann::json& GetRequired(const std::string& key, const std::string& expected) const;

    /// @param key a field @param value its value @param range what it takes @return its number
    double CheckNumber(const std::string& key,
                       const nlohmann::json& value,
                       const LlmJsonRange& range) const;

    const nlohmann::json* m_object; //!< the object, owned by the document
    std::string m_file;             //!< what messages call the document
    std::string m_pointer;          //!< JSON pointer to the object
};

/**
 * @ingroup llm-mec
 * @brief Let only std::runtime_error out of a reader, also where memory runs out.
 * @param file what the message calls the document
 * @param read the reader
 * @return what the reader returns
 */
template <typename Reader>
auto
GuardLlmJson(const std::string& file, const Reader& read) -> decltype(read())
{
    try
    {
        return read();
    }
    catch (const std::runtime_error&)
    {
        throw;
    }
    catch (const std::exception& e)
    {
        ThrowLlmJson(file, "", std::string("cannot read it: ") + e.what());
    }
}

} // namespace llmmec
} // namespace ns3

#endif // LLM_JSON_READER_H
