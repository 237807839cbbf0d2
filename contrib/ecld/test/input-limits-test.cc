/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What is exactly as much as may be read is read, and one more is refused.

#include "base/json-document.h"
#include "base/output-file.h"
#include "expect-error.h"
#include "format/input-file.h"
#include "temporary-folder.h"

#include <gtest/gtest.h>
#include <stdexcept>
#include <string>

namespace
{

using namespace ecld;

TEST(InputLimits, TextFilesHaveAtMostSoManyBytes)
{
    const TemporaryFolder folder;
    base::WriteTextFile(folder / "text", "abc");
    EXPECT_EQ(ReadTextFile(folder / "text", 3), "abc");
    ExpectError<std::runtime_error>([&] { ReadTextFile(folder / "text", 2); },
                                    {"text", "at most 2 bytes"});
}

TEST(InputLimits, DocumentsHaveAtMostSoManyBytesLevelsAndValues)
{
    base::JsonLimits limits;
    limits.maxBytes = 10;
    limits.maxDepth = 3;
    limits.maxValues = 4;
    const auto refused = [&](const std::string& text, const char* word) {
        ExpectError<std::runtime_error>([&] { base::ParseJson(text, "f", limits); }, {"f: ", word});
    };
    EXPECT_NO_THROW(base::ParseJson("[[[]]]    ", "f", limits));
    refused("[[[]]]     ", "at most 10 bytes");
    refused("[[[[]]]]", "at most 3 levels");
    EXPECT_NO_THROW(base::ParseJson("[1,2,3]", "f", limits));
    refused("[1,2,3,4]", "at most 4");
}

} // namespace
