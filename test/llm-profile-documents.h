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

#ifndef LLM_MEC_DATA_DIR
#define LLM_MEC_DATA_DIR NS_TEST_SOURCEDIR "/../data" //!< folder of what the module ships
#endif

/**
 * @ingroup llm-mec-tests
 * @brief A case of the profile and device files: documents to break, and what a refusal has to be.
 */
class LlmDocumentTestCase : public ns3::TestCase
{
  protected:
    /// A profile with every key.
    static constexpr const char* PROFILE = R"({
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
  "source": "test \u00e4 \n"
})";

    /// A device with every key.
    static constexpr const char* DEVICE = R"({
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
