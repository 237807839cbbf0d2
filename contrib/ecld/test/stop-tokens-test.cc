/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "base/output-file.h"
#include "expect-error.h"
#include "format/model-config.h"
#include "temporary-folder.h"

#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

using namespace ecld;
using Ids = std::vector<int64_t>;

/// A folder with a config.json, and other files.
class StopTokens : public testing::Test
{
  protected:
    void SetUp() override
    {
        base::WriteTextFile(
            m_folder / "config.json",
            R"({"architectures":["LlamaForCausalLM"],"hidden_size":64,)"
            R"("intermediate_size":128,"num_hidden_layers":2,"num_attention_heads":2,)"
            R"("vocab_size":300,"max_position_embeddings":2048,"eos_token_id":7})");
    }

    /// @param name of a file @param text its text @return ids that end a text then
    Ids Read(const std::string& name, const std::string& text)
    {
        base::WriteTextFile(m_folder / name, text);
        return ReadModelConfig(m_folder.GetPath()).eosIds;
    }

    const TemporaryFolder m_folder; //!< the checkpoint
};

TEST_F(StopTokens, GenerationConfigAddsItsOwn)
{
    EXPECT_EQ(ReadModelConfig(m_folder.GetPath()).eosIds, Ids{7});
    const char* const name = "generation_config.json";
    EXPECT_EQ(Read(name, R"({"eos_token_id":9})"), (Ids{7, 9}));
    EXPECT_EQ(Read(name, R"({"eos_token_id":[9,7,11],"temperature":NaN})"), (Ids{7, 9, 11}));
    EXPECT_EQ(Read(name, "{}"), Ids{7});
    EXPECT_EQ(ReadModelConfig(m_folder / "config.json").eosIds, Ids{7});
    for (const auto* wrong : {R"({"eos_token_id":300})", R"({"eos_token_id":[-1]})", "[]", ""})
    {
        ExpectError<std::runtime_error>([&] { Read(name, wrong); }, {name});
    }
}

// Templates of chats write eos_token: it has to be the one that a GGUF file calls so.
TEST_F(StopTokens, TheTokenizersEndComesFirst)
{
    base::WriteTextFile(m_folder / "generation_config.json", R"({"eos_token_id":[9,11]})");
    const std::string decoder = R"("added_tokens_decoder":{"9":{"content":"<e>"},)"
                                R"("11":{"content":"<t>"},"12":{"content":"<x>"}}})";
    const char* const name = "tokenizer_config.json";
    EXPECT_EQ(Read(name, R"({"eos_token":"<t>",)" + decoder), (Ids{11, 7, 9}));
    EXPECT_EQ(Read(name, R"({"eos_token":{"content":"<e>"},)" + decoder), (Ids{9, 7, 11}));
    EXPECT_EQ(Read(name, R"({"eos_token":"<x>",)" + decoder), (Ids{7, 9, 11}));
    EXPECT_EQ(Read(name, R"({"eos_token":null,)" + decoder), (Ids{7, 9, 11}));
    EXPECT_EQ(Read(name, R"({"eos_token":"<t>"})"), (Ids{7, 9, 11}));
}

} // namespace
