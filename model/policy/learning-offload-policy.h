/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LEARNING_OFFLOAD_POLICY_H
#define LEARNING_OFFLOAD_POLICY_H

#include "offload-policy.h"
#include "offload-state.h"

#include "ns3/random-variable-stream.h"

#include <Eigen/Core>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace agents
{
class Agent;
} // namespace agents

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A policy that learns while it controls, by one of the algorithms of
 * agents::AlgorithmRegistry.
 *
 * By itself it makes an agent of its own when the first slot begins, and cuts episodes every
 * EpisodeSlots slots. With SetAgent several cells share one agent, each as a stream of its own;
 * then whoever made the agent cuts the episodes of all of them (agents::Agent::EndEpisode), as
 * mec-train does.
 *
 * Without slot barrier, slots can be open side by side and end in another order than they began;
 * each reward finds its own decision. Slots that are open when an episode is cut are not learned
 * from.
 */
class LearningOffloadPolicy : public OffloadPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    LearningOffloadPolicy();
    ~LearningOffloadPolicy() override;

    /**
     * Share an agent, before the simulation starts.
     * @param agent the agent, made for the layout that GetLayout gives for the cell
     * @param stream number of this cell among those that share it, from 0
     */
    void SetAgent(std::shared_ptr<agents::Agent> agent, uint32_t stream);

    /// @return the agent, null before the first slot unless one was set
    std::shared_ptr<agents::Agent> GetAgent() const;

    /**
     * @param problem what holds for all slots of a cell
     * @return how this policy's attributes have an agent see and act there
     */
    OffloadStateLayout GetLayout(const OffloadProblem& problem) const;

    /**
     * Write a checkpoint that TrainedOffloadPolicy runs, between slots.
     * @param path file name
     * @throw std::runtime_error in one line when it cannot be written, or there is no agent yet
     */
    void Save(const std::string& path) const;

    void Begin(const OffloadProblem& problem) override;
    SlotDecision Decide(const SlotObservation& observation) override;
    void Learn(const SlotObservation& observation,
               const SlotDecision& decision,
               const SlotOutcome& outcome) override;
    int64_t AssignStreams(int64_t stream) override;

  protected:
    /// @param algorithm the only one of a subclass that is named after it
    explicit LearningOffloadPolicy(const std::string& algorithm);

  private:
    /// @return name of the algorithm
    /// @throw std::runtime_error in one line when the attribute is not what the class is named
    /// after
    std::string GetAlgorithm() const;

    const std::string m_ownAlgorithm;  //!< what the class is named after, empty for none
    std::string m_algorithm;           //!< as the attribute says, empty for m_ownAlgorithm
    OffloadStateLayout::State m_state; //!< which features
    OffloadStateLayout::PowerScale m_powerScale; //!< how powers are read
    double m_powerRangeDb;                       //!< R, dB
    OffloadReference::Kind m_reference;          //!< what outputs are relative to
    std::string m_preset;                        //!< settings: best, lookahead or paper
    std::string m_config;                        //!< file of other settings
    uint64_t m_seed;                        //!< of an agent of its own; 0: from ns-3's seed and run
    uint64_t m_episodeSlots;                //!< slots between cuts of an agent of its own
    Ptr<UniformRandomVariable> m_seedDraws; //!< gives the seed
    OffloadStateLayout m_layout;            //!< how it sees and acts, from Begin

    std::shared_ptr<agents::Agent> m_agent; //!< who learns
    bool m_isShared{false};                 //!< others share it and cut its episodes
    uint32_t m_stream{0};                   //!< number of this cell among them
    std::map<uint64_t, uint64_t> m_steps;   //!< the agent's step by slot, of open slots
    Eigen::VectorXf m_features;             //!< state, kept for speed
    Eigen::VectorXf m_action;               //!< action, kept for speed
};

// Policies that are named after an algorithm, for --policy=ppo and SetPolicy("ppo"). An algorithm
// that is added later needs none: policy learning-offload has the attribute Algorithm. They are
// classes, as not all supported versions of ns-3 have second names of a TypeId, which could not set
// an attribute.

/**
 * @ingroup llm-mec
 * @brief Policy ppo: learns by proximal policy optimisation (31) to (33).
 */
class PpoPolicy : public LearningOffloadPolicy
{
  public:
    /// @brief Get the type ID. @return the object TypeId
    static TypeId GetTypeId();

    PpoPolicy();
};

/**
 * @ingroup llm-mec
 * @brief Policy world-model-ppo: learns by PPO with a world model, (31) to (44) and Algorithm 1.
 */
class WorldModelPpoPolicy : public LearningOffloadPolicy
{
  public:
    /// @brief Get the type ID. @return the object TypeId
    static TypeId GetTypeId();

    WorldModelPpoPolicy();
};

/**
 * @ingroup llm-mec
 * @brief Policy td3: learns by twin delayed deterministic policy gradients.
 */
class Td3Policy : public LearningOffloadPolicy
{
  public:
    /// @brief Get the type ID. @return the object TypeId
    static TypeId GetTypeId();

    Td3Policy();
};

/**
 * @ingroup llm-mec
 * @brief Policy ddpg: learns by deep deterministic policy gradients.
 */
class DdpgPolicy : public LearningOffloadPolicy
{
  public:
    /// @brief Get the type ID. @return the object TypeId
    static TypeId GetTypeId();

    DdpgPolicy();
};

/**
 * @ingroup llm-mec
 * @brief Policy sac: learns by soft actor-critic.
 */
class SacPolicy : public LearningOffloadPolicy
{
  public:
    /// @brief Get the type ID. @return the object TypeId
    static TypeId GetTypeId();

    SacPolicy();
};

} // namespace llmmec
} // namespace ns3

#endif // LEARNING_OFFLOAD_POLICY_H
