/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/llm-device.h"
#include "ns3/llm-profile.h"

#include <algorithm>
#include <clocale>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <locale>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#ifndef LLM_MEC_DATA_DIR
#define LLM_MEC_DATA_DIR NS_TEST_SOURCEDIR "/../data" //!< folder of what the module ships
#endif

using namespace ns3;
using llmmec::ListLlmProfiles;
using llmmec::LlmDevice;
using llmmec::LlmProfile;
using llmmec::ParseLlmDevice;
using llmmec::ParseLlmProfile;
using llmmec::ReadLlmDevice;
using llmmec::ReadLlmProfile;
using nlohmann::json;

namespace
{

const std::string DATA = LLM_MEC_DATA_DIR; //!< folder of what the module ships

/// A profile with every key.
const char* const PROFILE = R"({
  "version": 1,
  "name": "tiny",
  "baseModel": "Base-1B",
  "method": "ecld",
  "sizeBytes": 4000000000,
  "energyPerQueryJ": 432.5,
  "promptLatencyPerTokenS": 0.01,
  "generationLatencyPerTokenS": 0.25,
  "accuracy": 0.5,
  "hallucination": 0.25,
  "samples": {"accuracy": [-0.5, 1, 0.75], "hallucination": [1, 0, 0.125]},
  "source": "test \u00e4 \n"
})";

/// A device with every key.
const char* const DEVICE = R"({
  "version": 1,
  "name": "tiny",
  "frequencyHz": 2e9,
  "energyCoefficient": 1e-28,
  "maxPowerDbm": 33,
  "memoryBytes": 4294967296,
  "memoryBytesPerS": 25.6e9,
  "peakFlops": 472e9,
  "weightBits": 4,
  "batteryJ": 60000,
  "source": "test"
})";

/// A row of Table I as printed.
struct Row
{
    const char* name;     ///< our name for it
    const char* base;     ///< our name for its model
    const char* method;   ///< our name for its method
    double hallucination; ///< share
    double accuracy;      ///< %
    double size;          ///< printed as MB
    double energy;        ///< Wh
};

/// Table I, typed from the paper and not from the data files.
const std::vector<Row> TABLE_I{
    {"llama-3.1-8b-original", "Llama-3.1-8B", "original", .77, 70.30, 15316.53, .24},
    {"llama-3.1-8b-quantization", "Llama-3.1-8B", "quantization", .82, 24.99, 4308.13, .13},
    {"llama-3.1-8b-pruning", "Llama-3.1-8B", "pruning", .70, 30.76, 13236.46, .27},
    {"llama-3.1-8b-pruning-distillation",
     "Llama-3.1-8B",
     "pruning-distillation",
     .85,
     62.11,
     13236.46,
     .20},
    {"llama-3.1-8b-ecld", "Llama-3.1-8B", "ecld", .65, 59.05, 3336.18, .12},
    {"qwen3-8b-original", "Qwen3-8B", "original", .77, 68.21, 15623.45, .17},
    {"qwen3-8b-quantization", "Qwen3-8B", "quantization", .78, 67.51, 5792.20, .13},
    {"qwen3-8b-pruning", "Qwen3-8B", "pruning", .66, 19.32, 11206.87, .11},
    {"qwen3-8b-pruning-distillation",
     "Qwen3-8B",
     "pruning-distillation",
     .95,
     37.01,
     11206.87,
     .11},
    {"qwen3-8b-ecld", "Qwen3-8B", "ecld", .97, 36.35, 4652.80, .09},
    {"mistral-12b-original", "Mistral-12B", "original", .52, 65.95, 23360.83, .35},
    {"mistral-12b-quantization", "Mistral-12B", "quantization", .94, 64.94, 7926.37, .29},
    {"mistral-12b-pruning", "Mistral-12B", "pruning", .80, 20.71, 16048.67, .32},
    {"mistral-12b-pruning-distillation",
     "Mistral-12B",
     "pruning-distillation",
     .84,
     75.79,
     16048.67,
     .26},
    {"mistral-12b-ecld", "Mistral-12B", "ecld", .87, 71.88, 5660.25, .24},
};

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of the profile and device files; each runs one of the checks below.
 */
class LlmProfileTestCase : public TestCase
{
  public:
    using Check = void (LlmProfileTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmProfileTestCase(const std::string& name, Check check)
        : TestCase("LLM profile: " + name),
          m_check(check)
    {
    }

    /// The shipped profiles are Table I.
    void CheckTable()
    {
        NS_TEST_EXPECT_MSG_EQ(ListLlmProfiles(DATA + "/profiles").size(), TABLE_I.size(), "rows");
        for (const auto& row : TABLE_I)
        {
            const auto profile = ReadLlmProfile(DATA + "/profiles/" + row.name + ".json");
            NS_TEST_EXPECT_MSG_EQ(profile.version, 1, row.name);
            NS_TEST_EXPECT_MSG_EQ(profile.name, row.name, row.name);
            NS_TEST_EXPECT_MSG_EQ(profile.baseModel, row.base, row.name);
            NS_TEST_EXPECT_MSG_EQ(profile.method, row.method, row.name);
            NS_TEST_EXPECT_MSG_EQ_TOL(profile.hallucination, row.hallucination, 1e-15, row.name);
            NS_TEST_EXPECT_MSG_EQ_TOL(profile.accuracy, row.accuracy / 100, 1e-15, row.name);
            const auto bytes = static_cast<double>(profile.sizeBytes);
            NS_TEST_EXPECT_MSG_EQ_TOL(bytes, row.size * 1048576, 0.5001, row.name);
            NS_TEST_EXPECT_MSG_EQ_TOL(profile.energyPerQueryJ, row.energy * 3600, 1e-9, row.name);
            const bool timed = profile.promptLatencyPerTokenS || profile.generationLatencyPerTokenS;
            NS_TEST_EXPECT_MSG_EQ(timed, false, "Table I has no latency: " << row.name);
            NS_TEST_EXPECT_MSG_EQ(profile.accuracySamples.empty(), true, row.name);
            NS_TEST_EXPECT_MSG_EQ(profile.hallucinationSamples.empty(), true, row.name);
            ExpectContains(profile.source, "arXiv:2602.13628, Table I", row.name);
        }
        const auto names = ListLlmProfiles(DATA + "/profiles");
        NS_TEST_EXPECT_MSG_EQ(std::is_sorted(names.begin(), names.end()), true, "sorted");
    }

    /// The shipped devices parse, and those of the paper have its numbers.
    void CheckDevices()
    {
        const auto phone = ReadLlmDevice(DATA + "/devices/phone.json");
        NS_TEST_EXPECT_MSG_EQ(phone.name, "phone", "name");
        NS_TEST_EXPECT_MSG_EQ(phone.frequencyHz, 2e9, "f_k");
        NS_TEST_EXPECT_MSG_EQ(phone.energyCoefficient, 1e-28, "kappa_comp");
        NS_TEST_EXPECT_MSG_EQ(phone.maxPowerDbm.value_or(0), 33, "P_k^max");
        NS_TEST_EXPECT_MSG_EQ(phone.weightBits, 4, "phones take 4 bits");
        NS_TEST_EXPECT_MSG_EQ(phone.batteryJ.has_value(), true, "a phone has a battery");

        const auto nano = ReadLlmDevice(DATA + "/devices/jetson-nano.json");
        NS_TEST_EXPECT_MSG_EQ(nano.frequencyHz, 1.43e9, "Cortex-A57");
        NS_TEST_EXPECT_MSG_EQ(nano.memoryBytes, uint64_t{4} << 30, "4 GB");
        NS_TEST_EXPECT_MSG_EQ(nano.memoryBytesPerS, 25.6e9, "LPDDR4");
        NS_TEST_EXPECT_MSG_EQ(nano.peakFlops, 472e9, "fp16");

        const auto laptop = ReadLlmDevice(DATA + "/devices/laptop.json");
        NS_TEST_EXPECT_MSG_EQ(laptop.memoryBytes, uint64_t{8} << 30, "Example 1: 8 GB");
        NS_TEST_EXPECT_MSG_EQ(laptop.weightBits, 8, "laptops take 8 bits");

        const auto server = ReadLlmDevice(DATA + "/devices/edge-server.json");
        NS_TEST_EXPECT_MSG_EQ(server.frequencyHz, 10e9, "F");
        NS_TEST_EXPECT_MSG_EQ(server.maxPowerDbm.has_value(), false, "no uplink of its own");
        NS_TEST_EXPECT_MSG_EQ(server.batteryJ.has_value(), false, "on mains");

        for (const auto& name : ListLlmProfiles(DATA + "/devices"))
        {
            const auto device = ReadLlmDevice(DATA + "/devices/" + name + ".json");
            NS_TEST_EXPECT_MSG_EQ(device.name, name, "name and file");
        }
    }

    /// A document with every key, value by value.
    void CheckValues()
    {
        const auto profile = ParseLlmProfile(PROFILE, "p");
        NS_TEST_EXPECT_MSG_EQ(profile.name, "tiny", "name");
        NS_TEST_EXPECT_MSG_EQ(profile.baseModel, "Base-1B", "baseModel");
        NS_TEST_EXPECT_MSG_EQ(profile.method, "ecld", "method");
        NS_TEST_EXPECT_MSG_EQ(profile.sizeBytes, 4000000000, "sizeBytes");
        NS_TEST_EXPECT_MSG_EQ(profile.energyPerQueryJ, 432.5, "energyPerQueryJ");
        NS_TEST_EXPECT_MSG_EQ(profile.promptLatencyPerTokenS.value_or(0), 0.01, "prompt");
        NS_TEST_EXPECT_MSG_EQ(profile.generationLatencyPerTokenS.value_or(0), 0.25, "generation");
        NS_TEST_EXPECT_MSG_EQ(profile.accuracy, 0.5, "accuracy");
        NS_TEST_EXPECT_MSG_EQ(profile.hallucination, 0.25, "hallucination");
        const std::vector<double> accuracy{-0.5, 1, 0.75};
        const std::vector<double> hallucination{1, 0, 0.125};
        NS_TEST_EXPECT_MSG_EQ((profile.accuracySamples == accuracy), true, "samples");
        NS_TEST_EXPECT_MSG_EQ((profile.hallucinationSamples == hallucination), true, "samples");
        NS_TEST_EXPECT_MSG_EQ(profile.source, "test \xc3\xa4 \n", "source");

        const auto device = ParseLlmDevice(DEVICE, "d");
        NS_TEST_EXPECT_MSG_EQ(device.frequencyHz, 2e9, "frequencyHz");
        NS_TEST_EXPECT_MSG_EQ(device.energyCoefficient, 1e-28, "energyCoefficient");
        NS_TEST_EXPECT_MSG_EQ(device.maxPowerDbm.value_or(0), 33, "maxPowerDbm");
        NS_TEST_EXPECT_MSG_EQ(device.memoryBytes, 4294967296, "memoryBytes");
        NS_TEST_EXPECT_MSG_EQ(device.memoryBytesPerS, 25.6e9, "memoryBytesPerS");
        NS_TEST_EXPECT_MSG_EQ(device.peakFlops, 472e9, "peakFlops");
        NS_TEST_EXPECT_MSG_EQ(device.weightBits, 4, "weightBits");
        NS_TEST_EXPECT_MSG_EQ(device.batteryJ.value_or(0), 60000, "batteryJ");
    }

    /// Every kind of broken profile says which file, which field, what was there and expected.
    void CheckErrors()
    {
        /// One way to break PROFILE and what the message has to hold.
        struct Case
        {
            std::string from;                ///< text of PROFILE to replace
            std::string to;                  ///< what to put there
            std::vector<std::string> expect; ///< parts of the message
        };

        const std::vector<Case> cases{
            // not JSON
            {"\"method\": \"ecld\",", "\"method\": ", {"near /method", "syntax error"}},
            {"432.5", "NaN", {"near /energyPerQueryJ", "syntax error"}},
            {"432.5", "-Infinity", {"near /energyPerQueryJ", "syntax error"}},
            {"432.5", "+1", {"near /energyPerQueryJ", "syntax error"}},
            {"\"tiny\"", "\"ti\nny\"", {"near /name", "syntax error"}},
            {"\"tiny\"", "\"ti\xffny\"", {"near /name", "UTF-8"}},
            {"\"tiny\"", "\"ti\\ud800ny\"", {"near /name", "surrogate"}},
            {"\"version\": 1,", "\"version\": 1, // no", {"near /version", "syntax error"}},
            // not for a double
            {"432.5", "1e999", {": /energyPerQueryJ: ", "1e999", "expected a finite number"}},
            {"0.75", "-1e999", {": /samples/accuracy/2: ", "1e999", "finite"}},
            // structure
            {"\"method\": \"ecld\",", "", {": /method: missing", "expected a text"}},
            {"\"accuracy\": 0.5,", "", {": /accuracy: missing", "share from 0 to 1"}},
            {"\"accuracy\": 0.5,",
             "\"acuracy\": 0.5,",
             {": /acuracy: unknown key", "expected one of version, name,", " accuracy,"}},
            {"\"accuracy\": [",
             "\"x\\u0007\": 0, \"accuracy\": [",
             {": /samples/x?: unknown key", "expected one of accuracy, hallucination"}},
            {"\"accuracy\": 0.5,",
             "\"accuracy\": 0.5, \"accuracy\": 0.6,",
             {": /accuracy: ", "given twice"}},
            {"{\"accuracy\": [-0.5, 1, 0.75], ", "{", {": /samples/accuracy: missing"}},
            {"[1, 0, 0.125]",
             "[1, 0]",
             {": /samples/hallucination: got 2", "as many as /samples/accuracy has, 3"}},
            {"[1, 0, 0.125]", "[[[[[[[[[[[[[[[[[[1", {"/samples/hallucination/0/0", "too deep"}},
            // version
            {"\"version\": 1", "\"version\": 2", {": /version: got 2, expected 1"}},
            {"\"version\": 1", "\"version\": \"1\"", {": /version: got \"1\", expected 1"}},
            {"\"version\": 1", "\"version\": 1.5", {": /version: got 1.5, expected 1"}},
            {"\"version\": 1,", "", {": /version: missing, expected 1"}},
            // types
            {"\"tiny\"", "7", {": /name: got 7, expected a text"}},
            {"\"tiny\"", "\"\"", {": /name: got \"\", expected a text that is not empty"}},
            {"432.5", "\"many\"", {": /energyPerQueryJ: got \"many\", expected a number"}},
            {"432.5", "null", {": /energyPerQueryJ: got null, expected a number"}},
            {"432.5", "{\"a\": 1}", {": /energyPerQueryJ: got an object, expected a number"}},
            {"432.5", "true", {": /energyPerQueryJ: got true, expected a number"}},
            {"[1, 0, 0.125]", "1", {": /samples/hallucination: got 1, expected an array"}},
            {"0.125", "\"no\"", {": /samples/hallucination/2: got \"no\", expected a share"}},
            {"{\"accuracy\": [-0.5, 1, 0.75], \"hallucination\": [1, 0, 0.125]}",
             "[]",
             {": /samples: got an array, expected an object"}},
            // ranges
            {"4000000000", "0", {": /sizeBytes: got 0, expected an integer from 1 to 2^53 - 1"}},
            {"4000000000", "-1", {": /sizeBytes: got -1, expected an integer"}},
            {"4000000000", "1.5", {": /sizeBytes: got 1.5, expected an integer"}},
            {"4000000000", "9007199254740992", {": /sizeBytes: got 9007199254740992"}},
            {"4000000000", "9007199254740993", {": /sizeBytes: got 9007199254740993"}},
            {"4000000000", "99999999999999999999", {": /sizeBytes: got 1e+20"}},
            {"432.5", "-0.1", {": /energyPerQueryJ: got -0.1, expected a number from 0"}},
            {"0.01", "0", {": /promptLatencyPerTokenS: got 0, expected a number above 0"}},
            {"0.01", "1e-999", {": /promptLatencyPerTokenS: got 0.0, expected a number above"}},
            {"\"generationLatencyPerTokenS\": 0.25",
             "\"generationLatencyPerTokenS\": -1",
             {": /generationLatencyPerTokenS: got -1, expected a number above 0"}},
            {"\"accuracy\": 0.5", "\"accuracy\": 59.05", {": /accuracy: got 59.05", "0 to 1"}},
            {"\"hallucination\": 0.25", "\"hallucination\": -0.25", {": /hallucination: got -0.2"}},
            {"-0.5, 1", "-1.5, 1", {": /samples/accuracy/0: got -1.5", "cosine from -1 to 1"}},
            {"0.75]", "1.25]", {": /samples/accuracy/2: got 1.25", "cosine from -1 to 1"}},
            {"0.125", "-0.125", {": /samples/hallucination/2: got -0.125", "share from 0 to 1"}},
        };
        for (const auto& c : cases)
        {
            std::string text = PROFILE;
            const auto at = text.find(c.from);
            NS_TEST_ASSERT_MSG_NE(at, std::string::npos, "the case is wrong: " << c.from);
            ExpectProfileError(text.replace(at, c.from.size(), c.to), c.expect);
        }
        for (const char* text :
             {"", " \n", "[]", "3", "null", "\"x\"", "{", "{\"", "\xef\xbb\xbf", "nul"})
        {
            ExpectProfileError(text, {});
        }
        ExpectProfileError("", {"empty, expected a JSON object"});
        ExpectProfileError("[]", {"got an array, expected an object"});
        ExpectProfileError("{}", {": /version: missing, expected 1"});
        ExpectProfileError(std::string(PROFILE) + "x", {"syntax error"});
        ExpectProfileError(std::string(PROFILE) + std::string(1, '\0') + "x", {"zero byte at "});
        // Neither the size of a value nor its depth may get into the message or onto the stack.
        ExpectProfileError("{\"version\": \"" + std::string(1 << 20, 'x') + "\"}",
                           {": /version: got \"xxx", "..., expected 1"});
        ExpectProfileError(std::string(1 << 20, '['), {"nested too deep"});
        std::string deep;
        for (int level = 0; level < 100000; ++level)
        {
            deep += "{\"a\":";
        }
        ExpectProfileError(deep, {"/a/a/a", "nested too deep"});
        std::string wide;
        for (int level = 0; level < 16; ++level)
        {
            wide += "{\"" + std::string(200, 'k') + "\":";
        }
        ExpectProfileError(wide, {"near /kkk", "syntax error"});
        for (const std::string part : {"[],", "{},"})
        {
            std::string many = "{\"version\": [";
            for (int count = 0; count < 2000000; ++count)
            {
                many += part;
            }
            ExpectProfileError(many + "0]}",
                               {"/version/997: too many parts, expected at most 1000"});
        }
        ExpectProfileError(std::string((64 << 20) + 1, ' '), {"too big, expected at most 64 MiB"});

        ExpectContains(ErrorOf([] { ParseLlmProfile("", "a\nb"); }), "a?b: empty", "file name");
    }

    /// The device reader has the same discipline; what only it has is checked here.
    void CheckDeviceErrors()
    {
        const std::vector<std::vector<std::string>> cases{
            {"\"weightBits\": 4", "\"weightBits\": 5", "d: /weightBits: got 5, expected 4 or 8"},
            {"\"weightBits\": 4", "\"weightBits\": 16", "d: /weightBits: got 16, expected 4 or 8"},
            {"\"weightBits\": 4", "\"weightBits\": 4.5", "d: /weightBits: got 4.5, expected 4 or"},
            {"33", "33000", "d: /maxPowerDbm: got 33000, expected a power in dBm from -60 to 60"},
            {"2e9", "0", "d: /frequencyHz: got 0, expected a number above 0"},
            {"1e-28", "-1e-28", "d: /energyCoefficient: got -1e-28, expected a number from 0"},
            {"60000", "0", "d: /batteryJ: got 0, expected a number above 0"},
            {"\"batteryJ\"", "\"battery\"", "d: /battery: unknown key, expected one of version, "},
            {"4294967296", "0", "d: /memoryBytes: got 0, expected an integer from 1 to 2^53 - 1"},
        };
        for (const auto& c : cases)
        {
            std::string text = DEVICE;
            text.replace(text.find(c[0]), c[0].size(), c[1]);
            ExpectContains(ErrorOf([&text] { ParseLlmDevice(text, "d"); }), c[2], c[1]);
        }
        const auto error = ErrorOf([] { ReadLlmDevice("/no/such/device.json"); });
        ExpectContains(error, "/no/such/device.json: no such file", "missing");
    }

    /// What can be wrong with a file and a folder.
    void CheckFiles()
    {
        const auto dir = CreateTempDirFilename("llm-profile-files");
        std::filesystem::remove_all(dir);
        std::filesystem::create_directories(dir);
        const auto expect = [this](const std::string& path, const std::string& problem) {
            ExpectContains(ErrorOf([&path] { ReadLlmProfile(path); }), path + problem, path);
        };
        expect(dir + "/none.json", ": no such file");
        expect(dir, ": a directory, expected a JSON file");
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
        NS_TEST_EXPECT_MSG_EQ((ListLlmProfiles(dir) == names), true, "list");
        for (const auto& path : {dir + "/none", dir + "/good.json"})
        {
            const auto error = ErrorOf([&path] { ListLlmProfiles(path); });
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
    }

    /// A damaged document is read or refused in one line, and never anything else.
    void CheckMutations()
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
            std::string text = PROFILE;
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
            const auto error = ErrorOf([&text] { ParseLlmProfile(text, "mutant"); });
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

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /**
     * Run something that should fail.
     * @param run what to run
     * @return the message of its std::runtime_error, NO_ERROR, or what other exception there was
     */
    static std::string ErrorOf(const std::function<void()>& run)
    {
        try
        {
            run();
        }
        catch (const std::runtime_error& e)
        {
            return e.what();
        }
        catch (const std::exception& e)
        {
            return std::string("(not a std::runtime_error) ") + e.what();
        }
        return NO_ERROR;
    }

    /// @param text one line, short @param part what it has to hold @param what for the message
    void ExpectContains(const std::string& text, const std::string& part, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_NE(text.find(part),
                              std::string::npos,
                              what << ": \"" << text << "\" has no \"" << part << "\"");
        NS_TEST_EXPECT_MSG_EQ(text.find_first_of("\n\r"),
                              std::string::npos,
                              what << ": more than one line: " << text);
        NS_TEST_EXPECT_MSG_LT(text.size(), 1000, what << ": too long");
    }

    /// @param text a broken profile @param parts what the message has to hold
    void ExpectProfileError(const std::string& text, const std::vector<std::string>& parts)
    {
        const auto error = ErrorOf([&text] { ParseLlmProfile(text, "dir/file.json"); });
        NS_TEST_EXPECT_MSG_EQ(error.rfind("dir/file.json: ", 0), 0, "file comes first: " << error);
        ExpectContains(error, "", "message");
        for (const auto& part : parts)
        {
            ExpectContains(error, part, "message");
        }
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
        std::ifstream file(DATA + "/schema/" + name + ".schema.json");
        const auto schema = json::parse(file);
        NS_TEST_EXPECT_MSG_EQ(schema.at("$schema").get<std::string>(),
                              "https://json-schema.org/draft/2020-12/schema",
                              "dialect of " << name);
        CheckSchemaObject(schema, json::parse(text), "", parse);
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

        for (const auto& [key, property] : properties.items())
        {
            const auto field = pointer + "/" + key;
            ExpectContains(", " + list + ",", ", " + key + ",", "known key");
            NS_TEST_EXPECT_MSG_EQ(property.at("description").empty(), false, field);
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
            else
            {
                NS_TEST_EXPECT_MSG_EQ(error, NO_ERROR, "optional key " << field);
            }
            if (property.contains("properties"))
            {
                CheckSchemaObject(property, document, field, parse);
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
     * Compare the schema of a text or number with a parser, at its bounds and just beyond.
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

    static constexpr const char* NO_ERROR = "(no error)"; //!< what ErrorOf says of a success

    Check m_check; //!< what this case does
};

void
AddLlmProfileTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmProfileTestCase::Check check) {
        suite.Add(new LlmProfileTestCase(name, check));
    };
    add("Table I", &LlmProfileTestCase::CheckTable);
    add("devices", &LlmProfileTestCase::CheckDevices);
    add("values", &LlmProfileTestCase::CheckValues);
    add("errors", &LlmProfileTestCase::CheckErrors);
    add("errors of devices", &LlmProfileTestCase::CheckDeviceErrors);
    add("files and folders", &LlmProfileTestCase::CheckFiles);
    add("locale", &LlmProfileTestCase::CheckLocale);
    add("schemas", &LlmProfileTestCase::CheckSchemas);
    add("mutations", &LlmProfileTestCase::CheckMutations);
}
