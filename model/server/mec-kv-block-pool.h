/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_KV_BLOCK_POOL_H
#define MEC_KV_BLOCK_POOL_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What a KV block holds: block number `index` of the text of job `owner`. Two jobs that
 * share the beginning of their text share the keys of it.
 */
struct KvContent
{
    uint64_t owner{0}; ///< id of the job whose text it is
    uint64_t index{0}; ///< number of the block within that text, from 0

    /// @param other another @return whether both are the same text
    bool operator==(const KvContent& other) const
    {
        return owner == other.owner && index == other.index;
    }
};

/**
 * @ingroup llm-mec
 * @brief The blocks of an engine's KV cache: who holds how many, and which still hold the text of
 * jobs that are gone. It knows nothing of time.
 *
 * A block that no job holds is free, and stays findable by its content until it is taken. The least
 * recently used free block is taken first. Memory is that of the blocks that were ever taken.
 */
class KvBlockPool
{
  public:
    /// Number of a block, from 0
    using Block = uint32_t;

    /// @param blocks number of blocks, [1, 2^32 - 2]
    explicit KvBlockPool(uint32_t blocks);

    /// @return number of blocks
    uint32_t GetTotal() const;
    /// @return number of blocks that no job holds
    uint32_t GetFree() const;

    /**
     * Take free blocks, all or none. They lose their content.
     * @param count how many
     * @param held the blocks are appended to it
     * @return whether there were enough
     */
    bool Allocate(uint32_t count, std::vector<Block>& held);

    /**
     * Give blocks back, the last first, so that the end of a text is lost before its beginning.
     * @param held blocks that the caller holds; none afterwards
     */
    void Release(std::vector<Block>& held);

    /// @param content what is looked for @return a block that holds it
    std::optional<Block> Find(const KvContent& content) const;

    /// Hold a block that was found. @param block the block
    void Share(Block block);

    /// @param block a block @return whether no job holds it
    bool IsFree(Block block) const;

    /// Say what a held block holds, unless it is known. @param block the block @param content what
    void SetContent(Block block, const KvContent& content);

  private:
    /// Hash of a content
    struct ContentHash
    {
        /// @param content a content @return its hash
        std::size_t operator()(const KvContent& content) const;
    };

    /// A block
    struct Entry
    {
        uint32_t holders{0};    //!< jobs that hold it
        uint32_t previous{0};   //!< place of the one before in the list of free blocks
        uint32_t next{0};       //!< place of the one after in that list
        bool hasContent{false}; //!< whether its content is known
        KvContent content;      //!< what it holds
    };

    /// @return a free block, which is free no more, the least recently used: first those that never
    /// were
    Block TakeLeastRecent();
    /// @param block a block that was taken once @return it
    Entry& GetEntry(Block block);
    /// Put a block at the end of the list of free ones. @param block the block
    void Append(Block block);
    /// Take a block out of the list of free ones. @param block the block
    void Unlink(Block block);

    // Place 0 is no block: the list of those that are free again is a ring through it. Block b is
    // at place b + 1, once it was taken.
    std::vector<Entry> m_entries{1};                               //!< the blocks
    std::unordered_map<KvContent, Block, ContentHash> m_byContent; //!< who holds what
    uint32_t m_total;                                              //!< number of blocks
    uint32_t m_free;                                               //!< number of free blocks
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_KV_BLOCK_POOL_H
