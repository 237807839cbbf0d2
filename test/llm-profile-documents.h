/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_PROFILE_DOCUMENTS_H
#define LLM_PROFILE_DOCUMENTS_H

#include "ns3/test.h"

#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#ifndef LLM_MEC_DATA_DIR
#define LLM_MEC_DATA_DIR NS_TEST_SOURCEDIR "/../data" //!< folder of what the module ships
#endif

/**
 * @ingroup llm-mec-tests
 * @brief A case of the files of data/: documents to break, and what a refusal has to be.
 */
class LlmDocumentTestCase : public ns3::TestCase
{
  protected:
    /// What serving takes, with every key.
    static inline const std::string SERVING_OBJECT = R"({
    "device": "tiny-gpu",
    "law": {
      "weightsUs": 9000,
      "activationUsPerToken": 12.5,
      "gemmUsPerToken": 60,
      "sequenceUs": 5.5,
      "prefillAttentionUsPerPair": 0.002,
      "decodeKvUsPerToken": 0.125,
      "multiQueryKvUsPerToken": 0.3,
      "tileTokens": 64,
      "link": {"allReduces": 8, "latencyUs": 40, "bytesPerToken": 2048, "bytesPerS": 16e9}
    },
    "gpus": 2,
    "memoryBytes": 24000000000,
    "weightBytes": 8000000000,
    "kvBytesPerToken": 131072,
    "flopsPerToken": 7e9,
    "attentionFlopsPerPair": 524288,
    "source": "test of serving"
  })";

    /// A file of data/serving.
    static inline const std::string SERVING = R"({
  "version": 1,
  "name": "tiny",
  "baseModel": "Base-1B",
  "serving": )" + SERVING_OBJECT + "\n}";

    /// Sizes of a model. The heads leave room on both sides of each bound.
    static inline const std::string MODEL = R"({
  "version": 1,
  "name": "Base-1B",
  "layers": 3,
  "hiddenSize": 20,
  "intermediateSize": 50,
  "gatedFeedForward": true,
  "attentionHeads": 10000,
  "keyValueHeads": 1,
  "headSize": 7,
  "vocabularySize": 1000,
  "source": "test"
})";

    /// A profile with every key.
    static inline const std::string PROFILE = R"({
  "version": 1,
  "name": "tiny",
  "baseModel": "Base-1B",
  "method": "ecld",
  "sizeBytes": 4000000000,
  "energyPerQueryJ": 432.5,
  "promptLatencyPerTokenS": 0.01,
  "generationLatencyPerTokenS": 0.25,
  "promptEnergyPerTokenJ": 0.05,
  "generationEnergyPerTokenJ": 0.5,
  "promptTokensPerQuery": 12,
  "generatedTokensPerQuery": 5,
  "accuracy": 0.5,
  "hallucination": 0.25,
  "samples": {"accuracy": [-0.5, 1, 0.75], "hallucination": [1, 0, 0.125]},
  "serving": )" + SERVING_OBJECT + R"(,
  "source": "test \u00e4 \n"
})";

    /// A device with every key.
    static inline const std::string DEVICE = R"({
  "version": 1,
  "name": "tiny",
  "frequencyHz": 2e9,
  "energyCoefficient": 1e-28,
  "maxPowerDbm": 33,
  "memoryBytes": 4294967296,
  "memoryBytesPerS": 25.6e9,
  "peakFlops": 472e9,
  "fp32Flops": 236e9,
  "weightBits": 4,
  "tensorParallel": {"gpus": 4, "allReduceLatencyUs": 30, "linkBytesPerS": 64e9},
  "batteryJ": 60000,
  "source": "test"
})";

    /// A pair of models with every key. Tokens and vocabulary leave room on both sides of each
    /// bound.
    static inline const std::string PAIR = R"({
  "version": 1,
  "name": "tiny-pair",
  "draft": {"name": "tiny", "baseModel": "Base-1B"},
  "target": {"name": "tiny-original", "baseModel": "Base-1B"},
  "vocabularySize": 10000000,
  "temperature": 0.75,
  "source": "test",
  "queries": [
    {"promptTokens": 7, "target": [0, 0], "draft": [0, 0], "acceptance": [0.5, 1]},
    {"promptTokens": 9, "target": [0], "draft": [0], "acceptance": [0.125]}
  ]
})";

    static inline const std::string DATA = LLM_MEC_DATA_DIR; //!< folder of what the module ships

    static constexpr const char* NO_ERROR = "(no error)"; //!< what ErrorOf says of a success

    /// @param name what the case checks
    explicit LlmDocumentTestCase(const std::string& name)
        : TestCase(name)
    {
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

    /// Replace a part of a document once. @param text the document @param from what is there
    /// @param to what to put there
    void Replace(std::string& text, const std::string& from, const std::string& to)
    {
        const auto at = text.find(from);
        NS_TEST_ASSERT_MSG_NE(at, std::string::npos, "the case is wrong: " << from);
        text.replace(at, from.size(), to);
    }

    /**
     * Break a document in many ways, one at a time.
     * @param document a valid one
     * @param cases for each: what to replace, by what, and a part of the message
     * @param parse a parser
     */
    void ExpectErrors(const std::string& document,
                      const std::vector<std::vector<std::string>>& cases,
                      const std::function<void(const std::string&)>& parse)
    {
        for (const auto& c : cases)
        {
            std::string text = document;
            Replace(text, c[0], c[1]);
            ExpectContains(ErrorOf([&] { parse(text); }), c[2], c[1]);
        }
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
};

#endif // LLM_PROFILE_DOCUMENTS_H
