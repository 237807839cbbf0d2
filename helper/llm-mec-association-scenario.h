/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_ASSOCIATION_SCENARIO_H
#define LLM_MEC_ASSOCIATION_SCENARIO_H

#include "llm-mec-association-map.h"

#include "ns3/association-problem.h"
#include "ns3/llm-device.h"
#include "ns3/object.h"
#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Phones and GPU servers on a square, as in arXiv:2511.01695, of which each slot is drawn
 * anew: positions, shadowing, phones, powers, batteries, tasks, queues; or the tasks alone. What
 * the paper leaves open is an attribute.
 *
 * A task of n tokens takes n / C cycles of g drafts, C = TokensPerCycle. With a draft model of N_d
 * and a target of N_t parameters, D^MD = t_d g n / C with t_d = 2 N_d bytes over the memory's rate,
 * f^ES = 2 N_t g n / C, and d = (bits of g drafts and a header) n / C. Servers have F in equal
 * shares of their kinds. A pass reads the target's weights or computes its tokens, whichever takes
 * longer.
 */
class LlmMecAssociationScenario : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    LlmMecAssociationScenario();

    /**
     * Draw a slot.
     * @return a problem that CheckAssociationProblem accepts
     * @throw std::runtime_error where a device file cannot be read
     * @throw std::invalid_argument where a server's device has no fp32Flops, or a path loss model
     * is unknown
     */
    AssociationProblem Draw();

    /**
     * Draw tasks of a slot anew. Phones, servers, links and all else stay.
     * @param problem of Draw; gets the tasks
     */
    void DrawTasks(AssociationProblem& problem);

    /// Draw who has a task in a slot (TaskProbability). @param problem all others lose their links
    void DropIdle(AssociationProblem& problem);

    /// @return what the target model computes for a token, FLOP
    double GetTargetFlopPerToken() const;

    /// @return kappa, s
    double GetSlotS() const;

    /// @return where phones and servers are
    Ptr<LlmMecAssociationMap> GetMap() const;

    /**
     * Assign fixed random streams. Slots take streams of their own for the path loss.
     * @param stream first stream to use
     * @return number of streams used before those of slots
     */
    int64_t AssignStreams(int64_t stream);

  private:
    /// Read the device files once.
    void ReadDevices();
    /// Draw phones and their tasks. @param problem gets them
    void DrawDevices(AssociationProblem& problem);
    /// Draw the acceptance and the length of a task. @param devices get them @param device index
    void DrawTask(AssociationDevices& devices, Eigen::Index device);
    /// Work out what tasks take. @param problem gets it
    void SetWork(AssociationProblem& problem) const;
    /// Draw servers. @param problem gets them
    void DrawServers(AssociationProblem& problem);

    Ptr<LlmMecAssociationMap> m_map;      //!< where all are
    uint32_t m_devices;                   //!< M
    uint32_t m_servers;                   //!< E
    double m_bandwidthHz;                 //!< W, of all servers together
    double m_noiseFigureDb;               //!< of servers
    Ptr<RandomVariableStream> m_powerDbm; //!< P
    std::string m_deviceFiles;            //!< phones, with commas
    std::string m_serverFiles;            //!< servers, with commas
    double m_deviceMemoryShare;           //!< of a phone's memory rate
    double m_serverMemoryShare;           //!< of a server's memory rate
    double m_serverComputeShare;          //!< of a server's peak rate in 32 bits
    double m_draftParameters;             //!< N_d
    double m_targetParameters;            //!< N_t
    double m_acceptanceCode;              //!< a of code
    double m_acceptanceSummary;           //!< a of summaries
    double m_acceptanceChat;              //!< a of chat
    Ptr<RandomVariableStream> m_tokens;   //!< n
    uint32_t m_window;                    //!< g
    double m_bitsPerDraft;                //!< that go up
    double m_headerBits;                  //!< of a window
    double m_downlinkS;                   //!< D
    Ptr<RandomVariableStream> m_full;     //!< B of some
    Ptr<RandomVariableStream> m_low;      //!< B of the others
    double m_lowShare;                    //!< probability of low
    uint32_t m_mostQueued;                //!< k at most
    double m_queuedS;                     //!< kappa
    double m_taskProbability;             //!< that a phone has a task in a slot
    double m_syncWeightPerS;              //!< lambda
    double m_energyWeight;                //!< w
    double m_transmitJPerMhzW;            //!< delta^CM
    double m_computeJPerFlop;             //!< delta^CP

    Ptr<UniformRandomVariable> m_uniform; //!< choices
    std::vector<LlmDevice> m_phones;      //!< of the files
    std::vector<LlmDevice> m_gpus;        //!< of the files
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_ASSOCIATION_SCENARIO_H
