/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/mec-kv-block-pool.h"

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <utility>
#include <vector>

using namespace ns3;
using llmmec::KvBlockPool;
using llmmec::KvContent;

namespace
{

/**
 * @ingroup llm-mec-tests
 * @brief A pool that is slow and plain: a list of free blocks, and tables.
 */
class PlainPool
{
  public:
    /// @param blocks number of blocks
    explicit PlainPool(uint32_t blocks)
        : m_holders(blocks, 0)
    {
        for (uint32_t i = 0; i < blocks; ++i)
        {
            m_free.push_back(i);
        }
    }

    /// @return number of free blocks
    std::size_t GetFree() const
    {
        return m_free.size();
    }

    /// @param count how many @return the blocks, none where there are too few
    std::vector<uint32_t> Take(std::size_t count)
    {
        std::vector<uint32_t> taken;
        if (count <= m_free.size())
        {
            for (std::size_t i = 0; i < count; ++i)
            {
                const uint32_t block = m_free.front();
                m_free.pop_front();
                m_holders[block] = 1;
                m_contents.erase(block);
                taken.push_back(block);
            }
        }
        return taken;
    }

    /// @param held blocks to give back
    void Give(std::vector<uint32_t> held)
    {
        std::reverse(held.begin(), held.end());
        for (const uint32_t block : held)
        {
            if (--m_holders[block] == 0)
            {
                m_free.push_back(block);
            }
        }
    }

    /// @param block a block to hold
    void Share(uint32_t block)
    {
        if (m_holders[block]++ == 0)
        {
            m_free.erase(std::find(m_free.begin(), m_free.end(), block));
        }
    }

    /// @param block a held block @param content what it holds
    void SetContent(uint32_t block, std::pair<uint64_t, uint64_t> content)
    {
        if (m_contents.count(block) == 0 && Find(content) < 0)
        {
            m_contents[block] = content;
        }
    }

    /// @param content what is looked for @return its block, -1 where there is none
    int64_t Find(std::pair<uint64_t, uint64_t> content) const
    {
        for (const auto& [block, held] : m_contents)
        {
            if (held == content)
            {
                return block;
            }
        }
        return -1;
    }

  private:
    std::deque<uint32_t> m_free;                                  //!< least recently used first
    std::vector<int> m_holders;                                   //!< of each block
    std::map<uint32_t, std::pair<uint64_t, uint64_t>> m_contents; //!< by block
};

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Random calls to the pool and to the plain one.
 */
class KvBlockPoolTestCase : public TestCase
{
  public:
    KvBlockPoolTestCase()
        : TestCase("KV blocks: random calls against a plain pool")
    {
    }

  private:
    void DoRun() override
    {
        std::mt19937 random(4711);
        for (int round = 0; round < 200; ++round)
        {
            const uint32_t blocks = 1 + random() % 40;
            KvBlockPool pool(blocks);
            PlainPool plain(blocks);
            std::vector<std::vector<uint32_t>> jobs(6);
            for (int call = 0; call < 300; ++call)
            {
                auto& held = jobs[random() % jobs.size()];
                switch (random() % 4)
                {
                case 0: {
                    const uint32_t count = random() % 8;
                    const std::vector<uint32_t> expected = plain.Take(count);
                    std::vector<uint32_t> got;
                    const bool isTaken = pool.Allocate(count, got);
                    NS_TEST_ASSERT_MSG_EQ(isTaken, (expected.size() == count), "all or nothing");
                    NS_TEST_ASSERT_MSG_EQ((got == expected), true, "the least recently used");
                    held.insert(held.end(), got.begin(), got.end());
                    break;
                }
                case 1:
                    plain.Give(held);
                    pool.Release(held);
                    NS_TEST_ASSERT_MSG_EQ(held.empty(), true, "none are left");
                    break;
                case 2:
                    if (!held.empty())
                    {
                        const uint32_t block = held[random() % held.size()];
                        const KvContent content{random() % 3, random() % 5};
                        plain.SetContent(block, {content.owner, content.index});
                        pool.SetContent(block, content);
                    }
                    break;
                default: {
                    const KvContent content{random() % 3, random() % 5};
                    const int64_t expected = plain.Find({content.owner, content.index});
                    const auto got = pool.Find(content);
                    NS_TEST_ASSERT_MSG_EQ(got.has_value(), (expected >= 0), "found");
                    if (got)
                    {
                        NS_TEST_ASSERT_MSG_EQ(*got, expected, "the same block");
                        const bool wasFree = pool.IsFree(*got);
                        plain.Share(*got);
                        pool.Share(*got);
                        NS_TEST_ASSERT_MSG_EQ(pool.IsFree(*got), false, "it is held");
                        m_revived += wasFree;
                        held.push_back(*got);
                    }
                }
                }
                NS_TEST_ASSERT_MSG_EQ(pool.GetFree(), plain.GetFree(), "free blocks");
            }
            for (auto& held : jobs)
            {
                pool.Release(held);
            }
            NS_TEST_ASSERT_MSG_EQ(pool.GetFree(), pool.GetTotal(), "all are free at the end");
        }
        NS_TEST_EXPECT_MSG_GT(m_revived, 500, "free blocks were found by their content");
    }

    int m_revived{0}; //!< free blocks that were held again
};

/// Add the cases of this file. @param suite the suite
static void
AddKvBlockPoolTests(LlmMecTestSuite& suite)
{
    suite.Add(new KvBlockPoolTestCase);
}

static const LlmMecTests g_kvBlockPoolTests(&AddKvBlockPoolTests); //!< registers this file's cases
