/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_RECORDER_H
#define LLM_MEC_RECORDER_H

#include "llm-mec-helper.h"
#include "llm-mec-output-file.h"
#include "llm-mec-packet-recorder.h"
#include "llm-mec-statistics.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace base
{
class FolderLock;
} // namespace base

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Records the slots of cells into files for people and plots: slots.csv, tasks.csv,
 * packets.csv where cells have packets, and summary.json.
 *
 * summary.json holds means and their 95 % intervals. With at least MIN_CELLS cells an interval is
 * over cells, which are independent and differ in their positions. With fewer it is over BATCHES
 * batches of consecutive slots and speaks of these positions alone. The files are there whole, once
 * Finish was called, or not at all. The same seed and run give the same bytes. As long as a
 * recorder lives, no other run can write into its folder. Files of an earlier recorder are
 * replaced, those of a training are not.
 */
class LlmMecRecorder
{
  public:
    static constexpr std::size_t MIN_CELLS = 10; //!< from here on, intervals are over cells
    static constexpr std::size_t BATCHES = 20;   //!< batches of slots with fewer cells

    /**
     * @param folder where the files go, made if need be; no files when empty
     * @param withTasks also write tasks.csv, one line a task
     * @throw std::runtime_error when the folder cannot be written, another run writes there, or it
     * holds a training
     */
    LlmMecRecorder(const std::string& folder, bool withTasks);

    /// @param cell a cell to record, before the simulation starts
    void AddCell(const LlmMecCell& cell);

    /// @return names (as in summary.json) and means with intervals of what was recorded
    /// @throw std::runtime_error when a cell has no slot that ended
    std::vector<std::pair<std::string, MeanInterval>> GetMeans() const;

    /// @return uploads that met the cap of their latency
    uint64_t GetCappedUploads() const;
    /// @return tasks that stayed unserved
    uint64_t GetUnservedTasks() const;
    /// @return where the frames of cells with packets are
    const LlmMecPacketRecorder& GetPackets() const;

    /**
     * Write summary.json and put all files in their place.
     * @param settings names and values that reproduce the run
     * @throw std::runtime_error when a file cannot be written, or there is nothing to write
     * @throw std::logic_error when a frame is in no place, or in two
     */
    void Finish(const std::vector<std::pair<std::string, std::string>>& settings);

  private:
    /// Number of means
    static constexpr std::size_t METRICS = 7;

    /// A slot has ended. @param cell index of its cell @param observation what was known
    /// @param decision what was decided @param outcome how it went
    void SlotEnded(std::size_t cell,
                   const SlotObservation& observation,
                   const SlotDecision& decision,
                   const SlotOutcome& outcome);

    /// Write a slot to slots.csv. @param cell index of its cell @param observation what was known
    /// @param outcome how it went @param metrics of it
    void WriteSlot(std::size_t cell,
                   const SlotObservation& observation,
                   const SlotOutcome& outcome,
                   const SlotMetrics& metrics);
    /// Write a slot's tasks to tasks.csv. @param cell index of its cell @param observation what was
    /// known @param decision what was decided @param outcome how it went
    void WriteTasks(std::size_t cell,
                    const SlotObservation& observation,
                    const SlotDecision& decision,
                    const SlotOutcome& outcome);

    std::string m_folder;                                           //!< where the files go
    std::shared_ptr<base::FolderLock> m_lock;                       //!< on the folder, or null
    std::unique_ptr<LlmMecOutputFile> m_slots;                      //!< slots.csv, or null
    std::unique_ptr<LlmMecOutputFile> m_tasks;                      //!< tasks.csv, or null
    std::vector<Ptr<OffloadController>> m_controllers;              //!< of the cells
    std::vector<std::array<std::vector<double>, METRICS>> m_values; //!< by cell, metric, slot
    uint64_t m_cappedUploads{0};                                    //!< uploads that met their cap
    LlmMecPacketRecorder m_packets;                                 //!< where all frames are
    uint64_t m_unservedTasks{0};                                    //!< tasks that stayed unserved
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_RECORDER_H
