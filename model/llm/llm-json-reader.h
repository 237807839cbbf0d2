/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_JSON_READER_H
#define LLM_JSON_READER_H

// Private to model/llm: it brings nlohmann-json, which no public header may.

#include "base/json-document.h"

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

/// The numbers that a field takes. @ingroup llm-mec
using LlmJsonRange = base::JsonRange;

/// Any share. @ingroup llm-mec
extern const LlmJsonRange LLM_JSON_SHARE;
/// Any finite number above zero. @ingroup llm-mec
extern const LlmJsonRange LLM_JSON_POSITIVE;
/// Any finite number from zero. @ingroup llm-mec
extern const LlmJsonRange LLM_JSON_NOT_NEGATIVE;

/**
 * @ingroup llm-mec
 * @brief Throw the one kind of error that leaves the readers, base::ThrowFormatError.
 * @param file what the message calls the document
 * @param pointer JSON pointer to the place, empty for the document
 * @param problem what is there and what was expected
 */
[[noreturn]] void ThrowLlmJson(const std::string& file,
                               const std::string& pointer,
                               const std::string& problem);

/// How much of a small document is read: 64 MiB, nested 16 deep, 1000 keys, objects and arrays.
/// @ingroup llm-mec
extern const base::JsonLimits LLM_JSON_LIMITS;

/**
 * @ingroup llm-mec
 * @brief Read a whole file.
 * @param path a regular file
 * @param limits how much is read; what is longer is cut, so that ParseLlmJson refuses it
 * @return its bytes
 * @throws std::runtime_error one line that names the file, where it cannot be read
 */
std::string ReadLlmJsonFile(const std::string& path,
                            const base::JsonLimits& limits = LLM_JSON_LIMITS);

/**
 * @ingroup llm-mec
 * @brief Parse a JSON text, base::ParseJson with limits for small documents.
 * @param text the document
 * @param file what messages call the text
 * @param limits how much is read
 * @return the document
 * @throws std::runtime_error one line that names the file and the place
 */
nlohmann::json ParseLlmJson(const std::string& text,
                            const std::string& file,
                            const base::JsonLimits& limits = LLM_JSON_LIMITS);

/**
 * @ingroup llm-mec
 * @brief One JSON object of a profile or device: base::JsonObject with the rules of JSON Schema.
 *
 * A field that is there is checked, also where it holds null. It refers to the document, which has
 * to live longer. Every method throws std::runtime_error with one line: file, field as a JSON
 * pointer, what is there, what was expected.
 */
class LlmJsonObject : private base::JsonObject
{
  public:
    using base::JsonObject::Fail;
    using base::JsonObject::GetArray;
    using base::JsonObject::GetNumber;
    using base::JsonObject::GetNumbers;
    using base::JsonObject::JsonObject;
    using base::JsonObject::RequireKnownKeys;

    /**
     * Fail unless the field `version` is the one that we read.
     * @param version the version
     * @return the version
     */
    int GetVersion(int version) const;

    /// @param key a required field @return its text, not empty
    std::string GetText(const std::string& key) const;

    /// @param key a field @param fallback where it is missing @return whether it is true
    bool GetFlag(const std::string& key, bool fallback) const;

    /// @param key a field @param range what it takes @return its number, none where it is missing
    std::optional<double> GetOptionalNumber(const std::string& key,
                                            const LlmJsonRange& range) const;

    /**
     * @param key a required field
     * @param range what it takes, within [0, 2^53 - 1]
     * @return its number; 3.0 and 3e0 are integers too, as JSON Schema has it
     */
    uint64_t GetInteger(const std::string& key, const LlmJsonRange& range) const;

    /**
     * @param key a required array
     * @param range what each entry takes, within [0, 2^32 - 1]
     * @return its numbers, integers as in GetInteger
     */
    std::vector<uint32_t> GetIntegers(const std::string& key, const LlmJsonRange& range) const;

    /// @param key a field @return whether it is there
    bool Has(const std::string& key) const;

    /// @param key a required field @return the object there
    LlmJsonObject GetObject(const std::string& key) const;

    /// @param key a field @return the object there, none where it is missing
    std::optional<LlmJsonObject> GetOptionalObject(const std::string& key) const;

  private:
    /// @param object an object that was checked
    explicit LlmJsonObject(const base::JsonObject& object);
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
