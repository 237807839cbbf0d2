/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"
#include "llm-profile-documents.h"

#include "ns3/llm-device.h"
#include "ns3/llm-model-shape.h"
#include "ns3/llm-pair.h"
#include "ns3/llm-profile.h"
#include "ns3/llm-serving.h"

#include <algorithm>
#include <clocale>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <locale>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace ns3;
using llmmec::ListLlmFiles;
using llmmec::ParseLlmDevice;
using llmmec::ParseLlmModelShape;
using llmmec::ParseLlmPair;
using llmmec::ParseLlmProfile;
using llmmec::ParseLlmServing;
using llmmec::ReadLlmDevice;
using llmmec::ReadLlmModelShape;
using llmmec::ReadLlmProfile;
using llmmec::ReadLlmServing;
using nlohmann::json;

/**
 * @ingroup llm-mec-tests
 * @brief Cases of what may surround and befall a file; each runs one of the checks below.
 */
class LlmProfileRobustnessTestCase : public LlmDocumentTestCase
{
  public:
    using Check = void (LlmProfileRobustnessTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmProfileRobustnessTestCase(const std::string& name, Check check)
        : LlmDocumentTestCase("LLM profile: " + name),
          m_check(check)
    {
    }

    /// What can be wrong with a file and a folder.
    void CheckFiles()
    {
        const auto dir = CreateTempDirFilename("llm-profile-files");
        std::filesystem::remove_all(dir);
        std::filesystem::create_directories(dir);
        const auto expect = [this](const std::string& path, const std::string& problem) {
            const std::vector<std::function<void()>> readers{[&path] { ReadLlmProfile(path); },
                                                             [&path] { ReadLlmDevice(path); },
                                                             [&path] { ReadLlmServing(path); },
                                                             [&path] { ReadLlmModelShape(path); }};
            for (const auto& read : readers)
            {
                ExpectContains(ErrorOf(read), path + problem, path);
            }
        };
        expect(dir + "/none.json", ": no such file");
        expect(dir, ": a directory, expected a file");
        expect("", ": no such file");
        expect("/dev/null", ": not a regular file");
        std::ofstream(dir + "/empty.json").flush();
        expect(dir + "/empty.json", ": empty, expected a JSON object");
        std::ofstream(dir + "/big.json").flush();
        std::filesystem::resize_file(dir + "/big.json", (64 << 20) + 1);
        expect(dir + "/big.json", ": too big, expected at most 64 MiB");
        std::filesystem::remove(dir + "/big.json");

        std::ofstream(dir + "/good.json") << PROFILE;
        std::ofstream(dir + "/readme.txt") << "no profile";
        std::filesystem::create_directories(dir + "/folder.json");
        NS_TEST_EXPECT_MSG_EQ(ReadLlmProfile(dir + "/good.json").name, "tiny", "read");
        const std::vector<std::string> names{"empty", "good"};
        NS_TEST_EXPECT_MSG_EQ((ListLlmFiles(dir) == names), true, "list");
        for (const auto& path : {dir + "/none", dir + "/good.json"})
        {
            const auto error = ErrorOf([&path] { ListLlmFiles(path); });
            ExpectContains(error, path + ": cannot list the folder: ", "list");
        }
        std::filesystem::remove_all(dir);
    }

    /// Neither C's nor C++'s locale changes what is read or said.
    void CheckLocale()
    {
        /// A locale with a decimal comma and grouped digits, which every machine has.
        struct Comma : std::numpunct<char>
        {
            char do_decimal_point() const override
            {
                return ',';
            }

            char do_thousands_sep() const override
            {
                return '.';
            }

            std::string do_grouping() const override
            {
                return "\3";
            }
        };

        const std::string cBefore = std::setlocale(LC_ALL, nullptr);
        const auto before = std::locale::global(std::locale(std::locale(), new Comma));
        // C's may be missing here; then only C++'s is tested.
        for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"})
        {
            if (std::setlocale(LC_ALL, name))
            {
                break;
            }
        }
        std::string text = PROFILE;
        const auto profile = ParseLlmProfile(text, "p");
        text.replace(text.find("\"accuracy\": 0.5"), 15, "\"accuracy\": 1234.5");
        const auto error = ErrorOf([&text] { ParseLlmProfile(text, "p"); });
        std::locale::global(before);
        std::setlocale(LC_ALL, cBefore.c_str());

        NS_TEST_EXPECT_MSG_EQ(profile.energyPerQueryJ, 432.5, "decimal point");
        NS_TEST_EXPECT_MSG_EQ(profile.sizeBytes, 4000000000, "no grouping");
        ExpectContains(error, "p: /accuracy: got 1234.5, expected", "message");
    }

    /// The schemas say what the parsers do: keys, required keys, bounds.
    void CheckSchemas()
    {
        CheckSchema("llm-profile", PROFILE, [](const std::string& text) {
            ParseLlmProfile(text, "s");
        });
        CheckSchema("llm-device", DEVICE, [](const std::string& text) {
            ParseLlmDevice(text, "s");
        });
        CheckSchema("llm-serving", SERVING, [](const std::string& text) {
            ParseLlmServing(text, "s");
        });
        CheckSchema("llm-model", MODEL, [](const std::string& text) {
            ParseLlmModelShape(text, "s");
        });
        // Each of these asks for the other.
        m_coupled = {"/temperature", "/queries/0/acceptance"};
        CheckSchema("llm-pair", PAIR, [](const std::string& text) { ParseLlmPair(text, "s"); });
    }

    /// A damaged document is read or refused in one line, and never anything else.
    void CheckMutations()
    {
        CheckMutationsOf(PROFILE, [](const std::string& text) { ParseLlmProfile(text, "mutant"); });
        CheckMutationsOf(DEVICE, [](const std::string& text) { ParseLlmDevice(text, "mutant"); });
        CheckMutationsOf(SERVING, [](const std::string& text) { ParseLlmServing(text, "mutant"); });
        CheckMutationsOf(MODEL,
                         [](const std::string& text) { ParseLlmModelShape(text, "mutant"); });
        CheckMutationsOf(PAIR, [](const std::string& text) { ParseLlmPair(text, "mutant"); });
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /**
     * Damage a document in many ways.
     * @param document a valid document with every key
     * @param parse the parser, which calls the text "mutant"
     */
    void CheckMutationsOf(const std::string& document,
                          const std::function<void(const std::string&)>& parse)
    {
        std::mt19937 random(20260213); // own generator: the cases are the same in every ns-3
        const auto below = [&random](std::size_t n) { return random() % n; };
        const std::vector<std::string> tokens{"1e999", "-1", "null", "true",    "\"",     "{",
                                              "}",     "[",  "]",    ",",       ":",      "\\u0000",
                                              "\xff",  "\n", "0x1",  "NaN",     "//",     "[[",
                                              "{}",    "9",  "e",    "\\ud800", "1e-999", "\"a\":"};
        int parsed = 0;
        const int rounds = 6000;
        for (int round = 0; round < rounds; ++round)
        {
            std::string text = document;
            for (auto edits = 1 + below(3); edits > 0 && !text.empty(); --edits)
            {
                const auto at = below(text.size());
                switch (below(6))
                {
                case 0:
                    text[at] = static_cast<char>(below(256));
                    break;
                case 1:
                    text.erase(at, 1 + below(8));
                    break;
                case 2:
                    text.resize(at);
                    break;
                case 3:
                    text.insert(at, tokens[below(tokens.size())]);
                    break;
                case 4:
                    text.insert(below(text.size()), text.substr(at, below(40)));
                    break;
                default:
                    text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
                }
            }
            const auto error = ErrorOf([&] { parse(text); });
            if (error == NO_ERROR)
            {
                ++parsed;
                continue;
            }
            ExpectContains(error, "mutant: ", text);
        }
        // Both ends are reached: harmless edits to texts and numbers, and everything else.
        NS_TEST_EXPECT_MSG_GT(parsed, rounds / 100, "some mutants are valid");
        NS_TEST_EXPECT_MSG_LT(parsed, rounds / 2, "most mutants are not");
    }

    /**
     * Compare a schema with a parser.
     * @param name of the schema, without .schema.json
     * @param text a valid document with every key
     * @param parse the parser
     */
    void CheckSchema(const std::string& name,
                     const std::string& text,
                     const std::function<void(const std::string&)>& parse)
    {
        const auto schema = ReadSchema(name + ".schema.json");
        NS_TEST_EXPECT_MSG_EQ(schema.at("$schema").get<std::string>(),
                              "https://json-schema.org/draft/2020-12/schema",
                              "dialect of " << name);
        CheckSchemaObject(schema, json::parse(text), "", parse);
    }

    /// @param file of data/schema @return the schema there
    static json ReadSchema(const std::string& file)
    {
        std::ifstream stream(DATA + "/schema/" + file);
        return json::parse(stream);
    }

    /// @param schema a schema @return itself, or that which it refers to by FILE#POINTER
    static json Resolve(const json& schema)
    {
        if (!schema.contains("$ref"))
        {
            return schema;
        }
        const auto ref = schema.at("$ref").get<std::string>();
        const auto hash = ref.find('#');
        return ReadSchema(ref.substr(0, hash)).at(json::json_pointer(ref.substr(hash + 1)));
    }

    /**
     * Compare the schema of an object with a parser.
     * @param schema the schema
     * @param document a valid document with every key
     * @param pointer JSON pointer to the object
     * @param parse the parser
     */
    void CheckSchemaObject(const json& schema,
                           const json& document,
                           const std::string& pointer,
                           const std::function<void(const std::string&)>& parse)
    {
        const json::json_pointer place(pointer);
        const auto errorOf = [&parse](const json& changed) {
            return ErrorOf([&] { parse(changed.dump()); });
        };
        NS_TEST_EXPECT_MSG_EQ(errorOf(document), NO_ERROR, "valid");
        NS_TEST_EXPECT_MSG_EQ(schema.at("additionalProperties").get<bool>(), false, pointer);

        // The document has all keys that the schema knows, and the parser lists the same ones.
        const auto& properties = schema.at("properties");
        NS_TEST_EXPECT_MSG_EQ(properties.size(), document.at(place).size(), "keys of " << pointer);
        auto unknown = document;
        unknown[place]["unknown"] = 1;
        const auto said = errorOf(unknown);
        ExpectContains(said, "s: " + pointer + "/unknown: unknown key", "unknown key");
        const auto list = said.substr(said.find("one of ") + 7);
        const auto commas = std::count(list.begin(), list.end(), ',');
        NS_TEST_EXPECT_MSG_EQ(commas + 1, static_cast<long>(properties.size()), list);

        for (const auto& item : properties.items())
        {
            const std::string& key = item.key();
            const json property = Resolve(item.value());
            const auto field = pointer + "/" + key;
            ExpectContains(", " + list + ",", ", " + key + ",", "known key");
            NS_TEST_EXPECT_MSG_EQ(item.value().at("description").empty(), false, field);
            const auto& required = schema.at("required");
            const bool isRequired =
                std::find(required.begin(), required.end(), key) != required.end();
            auto without = document;
            without[place].erase(key);
            const auto error = errorOf(without);
            if (isRequired)
            {
                ExpectContains(error, "s: " + field + ": missing", "required key");
            }
            else if (m_coupled.count(field))
            {
                ExpectContains(error, "s: /queries/0/acceptance: ", "coupled key " + field);
            }
            else
            {
                NS_TEST_EXPECT_MSG_EQ(error, NO_ERROR, "optional key " << field);
            }
            if (property.contains("properties"))
            {
                CheckSchemaObject(property, document, field, parse);
            }
            else if (property.contains("items") && property.at("items").contains("properties"))
            {
                CheckSchemaObject(property.at("items"), document, field + "/0", parse);
            }
            else if (property.contains("items"))
            {
                CheckSchemaValue(property.at("items"), document, field + "/0", parse);
            }
            else
            {
                CheckSchemaValue(property, document, field, parse);
            }
        }
    }

    /**
     * Compare the schema of a text, flag or number with a parser, at its bounds and just beyond.
     * @param schema the schema
     * @param document a valid document with every key
     * @param pointer JSON pointer to the value
     * @param parse the parser
     */
    void CheckSchemaValue(const json& schema,
                          const json& document,
                          const std::string& pointer,
                          const std::function<void(const std::string&)>& parse)
    {
        const auto expect = [&](const json& value, bool valid) {
            auto changed = document;
            changed[json::json_pointer(pointer)] = value;
            const auto error = ErrorOf([&] { parse(changed.dump()); });
            if (valid)
            {
                NS_TEST_EXPECT_MSG_EQ(error, NO_ERROR, pointer << " takes " << value);
            }
            else
            {
                ExpectContains(error, "s: " + pointer + ": got ", "bad " + value.dump());
            }
        };
        expect(nullptr, false);
        expect(json::array(), false);
        expect(json::object(), false);
        if (schema.contains("const") || schema.contains("enum"))
        {
            const auto all = schema.value("enum", json::array({schema.value("const", json())}));
            for (int value = -1; value < 40; ++value)
            {
                expect(value, std::find(all.begin(), all.end(), value) != all.end());
            }
            return;
        }
        if (schema.at("type") == "string")
        {
            NS_TEST_EXPECT_MSG_EQ(schema.at("minLength").get<int>(), 1, pointer);
            expect("", false);
            expect("x", true);
            expect(1, false);
            return;
        }
        if (schema.at("type") == "boolean")
        {
            expect(true, true);
            expect(false, true);
            expect(1, false);
            expect("true", false);
            return;
        }
        expect("1", false);
        const bool integer = schema.at("type") == "integer";
        const double infinity = std::numeric_limits<double>::infinity();
        if (schema.contains("minimum"))
        {
            const auto least = schema.at("minimum").get<double>();
            expect(least, true);
            expect(integer ? least - 1 : std::nextafter(least, -infinity), false);
        }
        else
        {
            expect(schema.at("exclusiveMinimum"), false);
            expect(std::nextafter(schema.at("exclusiveMinimum").get<double>(), infinity), true);
        }
        if (schema.contains("maximum"))
        {
            const auto most = schema.at("maximum").get<double>();
            expect(most, true);
            expect(integer ? most + 1 : std::nextafter(most, infinity), false);
        }
        else
        {
            expect(std::numeric_limits<double>::max(), true);
        }
        if (integer)
        {
            expect(1.5, false);
            expect(2.0, true);
        }
    }

    Check m_check;                   //!< what this case does
    std::set<std::string> m_coupled; //!< optional fields that another one asks for
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmProfileRobustnessTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmProfileRobustnessTestCase::Check check) {
        suite.Add(new LlmProfileRobustnessTestCase(name, check));
    };
    add("files and folders", &LlmProfileRobustnessTestCase::CheckFiles);
    add("locale", &LlmProfileRobustnessTestCase::CheckLocale);
    add("schemas", &LlmProfileRobustnessTestCase::CheckSchemas);
    add("mutations", &LlmProfileRobustnessTestCase::CheckMutations);
}

static const LlmMecTests g_llmProfileRobustnessTests(
    &AddLlmProfileRobustnessTests); //!< registers the cases of this file
