/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_LLAMA_CLIENT_H
#define ECLD_LLAMA_CLIENT_H

#include "base/output-file.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace ecld
{

/// Runs llama.cpp on exported files; a test of this fixture is skipped where it is not there.
class LlamaClientTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        if (!std::filesystem::exists(m_folder + "/installed"))
        {
            GTEST_SKIP() << "no llama.cpp in " << m_folder
                         << " (node, npm or the network is missing)";
        }
    }

    /// @param ids tokens @return them as JSON
    static std::string ToJson(const std::vector<int32_t>& ids)
    {
        std::string text;
        for (const int32_t id : ids)
        {
            text += (text.empty() ? "[" : ",") + std::to_string(id);
        }
        return text + "]";
    }

    /**
     * @param path a GGUF file
     * @param ids a text
     * @param folder for what the client reads and writes
     * @return distribution of the token after each position, [position * vocabulary + token]; empty
     *         where llama.cpp does not load the file
     */
    std::vector<float> GetProbabilities(const std::string& path,
                                        const std::vector<int32_t>& ids,
                                        const std::string& folder) const
    {
        const std::string input = folder + "/ids.json";
        const std::string output = folder + "/probabilities.f32";
        std::filesystem::remove(output);
        base::WriteTextFile(input, ToJson(ids));
        const std::string command = "node '" + m_folder + "/client.mjs' probabilities '" + path +
                                    "' '" + input + "' '" + output + "'";
        if (std::system(command.c_str()) != 0)
        {
            return {};
        }
        std::vector<float> values(std::filesystem::file_size(output) / sizeof(float));
        std::ifstream stream(output, std::ios::binary);
        stream.read(reinterpret_cast<char*>(values.data()),
                    static_cast<std::streamsize>(values.size() * sizeof(float)));
        return values;
    }

    const std::string m_folder{ECLD_LLAMA_CLIENT_DIR}; //!< where llama.cpp is
};

} // namespace ecld

#endif // ECLD_LLAMA_CLIENT_H
